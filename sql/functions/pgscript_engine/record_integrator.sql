create or replace function pgscript_engine.record_integrator(role text, tenant_keys text[], may_administer boolean)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  unknown text;
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

  if not record_integrator.may_administer and exists (
    select from pgscript_private.host_roles as host where host.role = record_integrator.role and host.may_administer
  ) then
    raise exception using
      errcode = 'PS422', constraint = 'installing_role', column = 'role',
      message = format('role: %I installed pgscript and administers it; it would lose that.', record_integrator.role),
      hint = 'It may do for every tenant what an integrator may; name the role of your application.';
  end if;

  delete from pgscript_private.host_roles as host where host.role = record_integrator.role;
  if record_integrator.tenant_keys is null then
    insert into pgscript_private.host_roles (role, may_administer)
    values (record_integrator.role, record_integrator.may_administer);
  else
    insert into pgscript_private.host_roles (role, tenant_id, may_administer)
    select record_integrator.role, tenant.id, record_integrator.may_administer
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
