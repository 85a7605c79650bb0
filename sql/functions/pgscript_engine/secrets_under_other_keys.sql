create or replace function pgscript_engine.secrets_under_other_keys(
  capability text, key_id text, after_tenant uuid, after_name text, batch_size integer
)
  returns table (tenant_id uuid, name text, version integer, key_id text, nonce bytea, ciphertext bytea)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select value.tenant_id, value.name, value.version, value.key_id, value.nonce, value.ciphertext
  from pgscript_private.secret_values as value
  where pgscript_engine.require_node(secrets_under_other_keys.capability) is not null
    and value.key_id <> secrets_under_other_keys.key_id
    and (value.tenant_id, value.name) > (secrets_under_other_keys.after_tenant, secrets_under_other_keys.after_name)
  order by value.tenant_id, value.name
  limit secrets_under_other_keys.batch_size;
$$;

comment on function pgscript_engine.secrets_under_other_keys(text, text, uuid, text, integer) is
  'Secrets of every tenant that are encrypted with another key than this, in the order of tenant and name.';

alter function pgscript_engine.secrets_under_other_keys(text, text, uuid, text, integer) owner to pgscript_engine;
revoke all on function pgscript_engine.secrets_under_other_keys(text, text, uuid, text, integer) from public;
grant execute on function pgscript_engine.secrets_under_other_keys(text, text, uuid, text, integer) to pgscript_node;
