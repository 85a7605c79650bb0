create or replace function pgscript_engine.host_tenants(to_administer boolean default false)
  returns setof uuid
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  with host as materialized (
    select granted.tenant_id
    from pgscript_private.host_roles as granted
    join pg_catalog.pg_roles as role on role.oid = granted.role_oid and granted.table_oid = granted.tableoid
    where pg_has_role(coalesce(nullif(current_setting('role', true), 'none'), session_user), role.oid, 'usage')
      and (granted.may_administer or not host_tenants.to_administer)
      -- In a context, who the session is means nothing.
      and coalesce(current_setting('pgscript.context', true), '') = ''
  )
  select host.tenant_id from host where host.tenant_id <> '00000000-0000-0000-0000-000000000000'
  union all
  select tenant.id
  from pgscript.tenants as tenant
  where exists (select from host where host.tenant_id = '00000000-0000-0000-0000-000000000000');
$$;

comment on function pgscript_engine.host_tenants(boolean) is
  'The tenants that the session''s database role was granted by grant_integrator, or all where it was granted all; with to_administer, only as a role that administers. What the policies of host roles ask.';

alter function pgscript_engine.host_tenants(boolean) owner to pgscript_engine;
revoke all on function pgscript_engine.host_tenants(boolean) from public;
grant execute on function pgscript_engine.host_tenants(boolean) to pgscript_integrator;
