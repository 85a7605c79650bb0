create or replace function pgscript.revoke_api_key(tenant_key text, id uuid)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  this_tenant uuid := pgscript_engine.authorize(revoke_api_key.tenant_key, 'members.manage');
  revoked pgscript.api_keys;
begin
  update pgscript.api_keys as api_key
  set revoked_at = coalesce(api_key.revoked_at, now())
  where api_key.tenant_id = this_tenant and api_key.id = revoke_api_key.id
  returning api_key.* into revoked;
  if not found then
    raise exception using
      errcode = 'PS404', constraint = 'api_key_not_found', column = 'id',
      message = format('The tenant has no API key %s.', revoke_api_key.id);
  end if;
  perform pgscript_engine.audit(
    this_tenant, 'api_key.revoked', 'api_key', revoked.id::text, null, jsonb_build_object('name', revoked.name)
  );
end
$$;

comment on function pgscript.revoke_api_key(text, uuid) is
  'Ends an API key at once; its row stays for the record.';

alter function pgscript.revoke_api_key(text, uuid) owner to pgscript_engine;
revoke all on function pgscript.revoke_api_key(text, uuid) from public;
grant execute on function pgscript.revoke_api_key(text, uuid) to pgscript_user, pgscript_operator, pgscript_integrator;
