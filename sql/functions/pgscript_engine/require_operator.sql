create or replace function pgscript_engine.require_operator()
  returns void
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  acting_role text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
begin
  if coalesce(current_setting('pgscript.context', true), '') <> '' then
    if pgscript.is_operator() then
      return;
    end if;
  elsif exists (
    select from pgscript_private.host_roles as host
    join pg_catalog.pg_roles as role on role.oid = host.role_oid and host.table_oid = host.tableoid
    where host.may_administer
      and host.tenant_id = '00000000-0000-0000-0000-000000000000'
      and pg_has_role(acting_role, role.oid, 'usage')
  ) then
    return;
  end if;
  raise exception using
    errcode = 'PS403', constraint = 'permission_denied',
    message = 'Only an operator, or the database role that installed pgscript, may do this.',
    hint = 'Connect as the role that ran `pgscript migrate`, or use the pgscript command.';
end
$$;

comment on function pgscript_engine.require_operator() is
  'Raises unless the transaction acts for an operator, or the session for a host role that administers every tenant.';

alter function pgscript_engine.require_operator() owner to pgscript_engine;
revoke all on function pgscript_engine.require_operator() from public;
-- For those that run as their caller.
grant execute on function pgscript_engine.require_operator() to pgscript_integrator;
