create or replace function pgscript_engine.record_integrator(role text, tenant_keys text[], may_administer boolean)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  unknown text;
  host pg_catalog.pg_roles;
begin
  perform pgscript_engine.require_operator();
  select wanted.key into unknown
  from unnest(record_integrator.tenant_keys) as wanted (key)
  where not exists (select from pgscript.tenants as tenant where tenant.key = wanted.key)
  limit 1;
  if found then
    raise exception using
      errcode = 'PS404', constraint = 'tenant_not_found', column = 'tenant_keys',
      message = format('tenant_keys: there is no tenant with the key %L.', left(unknown, 200));
  end if;

  select role.* into host from pg_catalog.pg_roles as role where role.rolname = record_integrator.role;
  perform pgscript_engine.forget_integrator(record_integrator.role);
  if record_integrator.tenant_keys is null then
    insert into pgscript_private.host_roles (role, role_oid, table_oid, may_administer)
    values (host.rolname, host.oid, 'pgscript_private.host_roles'::regclass, record_integrator.may_administer);
  else
    insert into pgscript_private.host_roles (role, role_oid, table_oid, tenant_id, may_administer)
    select host.rolname, host.oid, 'pgscript_private.host_roles'::regclass, tenant.id, record_integrator.may_administer
    from pgscript.tenants as tenant
    where tenant.key = any (record_integrator.tenant_keys);
  end if;
end
$$;

comment on function pgscript_engine.record_integrator(text, text[], boolean) is
  'Writes down which tenants (null: all) a database role may act for; grant_integrator does the rest.';

alter function pgscript_engine.record_integrator(text, text[], boolean) owner to pgscript_engine;
revoke all on function pgscript_engine.record_integrator(text, text[], boolean) from public;
grant execute on function pgscript_engine.record_integrator(text, text[], boolean) to pgscript_integrator;
