create or replace function pgscript_engine.admit_call(capability text, tenant_id uuid)
  returns void
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform pgscript_engine.require_node(admit_call.capability);
  if not exists (select from pgscript.tenants as tenant where tenant.id = admit_call.tenant_id) then
    raise exception using
      errcode = 'PS404', constraint = 'tenant_not_found',
      message = 'This run belongs to no tenant, so nothing can be kept for it.',
      hint = 'Run it for a tenant: `pgscript exec FILE --tenant KEY`.';
  end if;
end
$$;

comment on function pgscript_engine.admit_call(text, uuid) is
  'Lets a call of the script API in: a registered nodes, for a tenant that there is.';

alter function pgscript_engine.admit_call(text, uuid) owner to pgscript_engine;
revoke all on function pgscript_engine.admit_call(text, uuid) from public;
