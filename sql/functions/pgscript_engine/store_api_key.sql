create or replace function pgscript_engine.store_api_key(
  tenant_id uuid, name text, key text, scopes text[], user_id uuid, expires_at timestamptz, action text
)
  returns uuid
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  key_hash bytea := sha256(convert_to(store_api_key.key, 'UTF8'));
  key_id uuid;
begin
  select known.api_key_id into key_id
  from pgscript_private.api_key_hashes as known
  where known.tenant_id = store_api_key.tenant_id and known.hash = key_hash;
  if found then
    return key_id;
  end if;

  key_id := pgscript.uuid_v7();
  insert into pgscript.api_keys (tenant_id, id, name, prefix, user_id, created_by, expires_at)
  values (
    store_api_key.tenant_id, key_id, store_api_key.name, left(store_api_key.key, 12), store_api_key.user_id,
    pgscript.current_user_id(), store_api_key.expires_at
  );
  insert into pgscript.api_key_scopes (tenant_id, api_key_id, permission)
  select store_api_key.tenant_id, key_id, scope from unnest(store_api_key.scopes) as scope group by scope;
  insert into pgscript_private.api_key_hashes (tenant_id, api_key_id, hash)
  values (store_api_key.tenant_id, key_id, key_hash);

  perform pgscript_engine.audit(
    store_api_key.tenant_id, store_api_key.action, 'api_key', key_id::text, null,
    jsonb_build_object('name', store_api_key.name, 'scopes', store_api_key.scopes, 'expires_at', store_api_key.expires_at)
  );
  return key_id;
end
$$;

comment on function pgscript_engine.store_api_key(uuid, text, text, text[], uuid, timestamptz, text) is
  'Keeps an API key as its hash; the same key again changes nothing. Returns the key''s id.';

alter function pgscript_engine.store_api_key(uuid, text, text, text[], uuid, timestamptz, text) owner to pgscript_engine;
revoke all on function pgscript_engine.store_api_key(uuid, text, text, text[], uuid, timestamptz, text) from public;
