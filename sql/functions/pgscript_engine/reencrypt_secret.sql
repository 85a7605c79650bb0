create or replace function pgscript_engine.reencrypt_secret(
  capability text, tenant_id uuid, name text, version integer, old_key_id text, key_id text, nonce bytea,
  ciphertext bytea
)
  returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform pgscript_engine.require_node(reencrypt_secret.capability);
  update pgscript_private.secret_values as value
  set key_id = reencrypt_secret.key_id, nonce = reencrypt_secret.nonce, ciphertext = reencrypt_secret.ciphertext
  where value.tenant_id = reencrypt_secret.tenant_id
    and value.name = reencrypt_secret.name
    and value.version = reencrypt_secret.version
    and value.key_id = reencrypt_secret.old_key_id;
  return found;
end
$$;

comment on function pgscript_engine.reencrypt_secret(text, uuid, text, integer, text, text, bytea, bytea) is
  'Replaces a secret''s ciphertext by the same value under another key; false where it was set or re-encrypted meanwhile.';

alter function pgscript_engine.reencrypt_secret(text, uuid, text, integer, text, text, bytea, bytea) owner to pgscript_engine;
revoke all on function pgscript_engine.reencrypt_secret(text, uuid, text, integer, text, text, bytea, bytea) from public;
grant execute on function pgscript_engine.reencrypt_secret(text, uuid, text, integer, text, text, bytea, bytea) to pgscript_node;
