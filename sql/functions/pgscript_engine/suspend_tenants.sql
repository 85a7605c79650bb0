create or replace function pgscript_engine.suspend_tenants(keys text[])
  returns void
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  update pgscript.tenants as tenant
  set status = 'suspended', updated_at = now()
  where tenant.key = any (suspend_tenants.keys) and tenant.status <> 'suspended';
$$;

comment on function pgscript_engine.suspend_tenants(text[]) is 'Suspends the tenants of these keys; checks no permission.';

alter function pgscript_engine.suspend_tenants(text[]) owner to pgscript_engine;
revoke all on function pgscript_engine.suspend_tenants(text[]) from public;
