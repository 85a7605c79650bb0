create or replace function pgscript_engine.read_secret(capability text, tenant_id uuid, script_id uuid, name text)
  returns table (version integer, key_id text, nonce bytea, ciphertext bytea)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select value.version, value.key_id, value.nonce, value.ciphertext
  from pgscript.secrets as secret
  join pgscript_private.secret_values as value on value.tenant_id = secret.tenant_id and value.name = secret.name
  where pgscript_engine.require_node(read_secret.capability) is not null
    and secret.tenant_id = read_secret.tenant_id
    and secret.name = read_secret.name
    and (secret.scripts is null or read_secret.script_id = any (secret.scripts));
$$;

comment on function pgscript_engine.read_secret(text, uuid, uuid, text) is
  'The encrypted value of a secret that this script may read; no row where there is none, or it may not.';

alter function pgscript_engine.read_secret(text, uuid, uuid, text) owner to pgscript_engine;
revoke all on function pgscript_engine.read_secret(text, uuid, uuid, text) from public;
grant execute on function pgscript_engine.read_secret(text, uuid, uuid, text) to pgscript_node;
