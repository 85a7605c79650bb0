create or replace function pgscript.grant_integrator(role text, tenant_keys text[] default null)
  returns void
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
  -- That a role is a member already is no news.
  set client_min_messages = warning
as $$
declare
  host pg_catalog.pg_roles;
begin
  -- First, for what GRANT says to others is no answer of ours.
  perform pgscript_engine.require_operator();
  select role.* into host from pg_catalog.pg_roles as role where role.rolname = grant_integrator.role;
  if host.oid is null or host.oid in (
    'pgscript_owner'::regrole, 'pgscript_engine'::regrole, 'pgscript_node'::regrole, 'pgscript_script'::regrole,
    'pgscript_user'::regrole, 'pgscript_operator'::regrole, 'pgscript_integrator'::regrole
  ) then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_host_role', column = 'role',
      message = case
        when host.oid is null then format('role: there is no database role %L.', left(grant_integrator.role, 100))
        else format('role: %I is one of pgscript''s own, which act for nobody by themselves.', grant_integrator.role)
      end,
      hint = 'Name a role of your application, as it is in pg_roles: without quotes, capitals included.';
  end if;
  -- Invoker: granting needs the caller's own right to grant, which no function of ours carries.
  execute format('grant pgscript_integrator to %I', grant_integrator.role);
  perform pgscript_engine.record_integrator(grant_integrator.role, grant_integrator.tenant_keys, false);
end
$$;

comment on function pgscript.grant_integrator(text, text[]) is
  'Lets a database role of the host platform run scripts from plain SQL, for these tenants only (null: all); '
  'what was granted to the role before is replaced. For the role that installed pgscript.';

alter function pgscript.grant_integrator(text, text[]) owner to pgscript_owner;
revoke all on function pgscript.grant_integrator(text, text[]) from public;
grant execute on function pgscript.grant_integrator(text, text[]) to pgscript_integrator;
