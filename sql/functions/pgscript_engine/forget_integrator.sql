create or replace function pgscript_engine.forget_integrator(role text)
  returns text
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  host pg_catalog.pg_roles;
begin
  perform pgscript_engine.require_operator();
  select known.* into host from pg_catalog.pg_roles as known where known.rolname = forget_integrator.role;
  if not found then
    -- Nobody has the name today; one may have had it when it was granted something.
    select known.* into host
    from pgscript_private.host_roles as granted
    join pg_catalog.pg_roles as known on known.oid = granted.role_oid and granted.table_oid = granted.tableoid
    where granted.role = forget_integrator.role
    limit 1;
  end if;
  if exists (
    select from pgscript_private.host_roles as granted
    where granted.role_oid = host.oid and granted.table_oid = granted.tableoid and granted.may_administer
  ) then
    raise exception using
      errcode = 'PS422', constraint = 'installing_role', column = 'role',
      message = format('role: %I installed pgscript and administers it; it would lose that.', host.rolname),
      hint = 'It may do for every tenant what an integrator may; name the role of your application.';
  end if;

  delete from pgscript_private.host_roles as granted
  where case
    -- Of a role that is there, whatever it was called then.
    when granted.table_oid = granted.tableoid
        and exists (select from pg_catalog.pg_roles as known where known.oid = granted.role_oid)
      then granted.role_oid = host.oid
    else granted.role = forget_integrator.role
  end;
  if not found and host.oid is null then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_host_role', column = 'role',
      message = format('role: there is no database role %L, and nothing was granted to one.', left(forget_integrator.role, 100)),
      hint = 'Name a role of your application, as it is in pg_roles: without quotes, capitals included.';
  end if;
  return host.rolname;
end
$$;

comment on function pgscript_engine.forget_integrator(text) is
  'Strikes out what a database role may do, also under the name that it had then or where it is gone, and returns its name today, null where it is gone; revoke_integrator does the rest.';

alter function pgscript_engine.forget_integrator(text) owner to pgscript_engine;
revoke all on function pgscript_engine.forget_integrator(text) from public;
grant execute on function pgscript_engine.forget_integrator(text) to pgscript_integrator;
