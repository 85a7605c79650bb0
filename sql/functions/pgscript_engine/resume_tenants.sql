create or replace function pgscript_engine.resume_tenants(keys text[])
  returns void
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  update pgscript.tenants as tenant
  set status = 'active', updated_at = now()
  where tenant.key = any (resume_tenants.keys) and tenant.status = 'suspended';
$$;

comment on function pgscript_engine.resume_tenants(text[]) is 'Lets suspended tenants of these keys run again; checks no permission.';

alter function pgscript_engine.resume_tenants(text[]) owner to pgscript_engine;
revoke all on function pgscript_engine.resume_tenants(text[]) from public;
