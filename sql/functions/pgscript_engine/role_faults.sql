create or replace function pgscript_engine.role_faults()
  returns table (code text, object text, fault text, remedy text)
  language sql stable
  set search_path = pg_catalog, pg_temp
as $$
  with our_role as (
    select role.*
    from pg_catalog.pg_roles as role
    where role.oid in (
      'pgscript_owner'::regrole, 'pgscript_engine'::regrole, 'pgscript_node'::regrole, 'pgscript_script'::regrole,
      'pgscript_user'::regrole, 'pgscript_operator'::regrole, 'pgscript_integrator'::regrole
    )
  )
  select judged.code, role.rolname, judged.fault, format(judged.remedy, role.rolname)
  from our_role as role
  cross join lateral (
    select role.oid in ('pgscript_node'::regrole, 'pgscript_script'::regrole) as is_login,
      role.oid in ('pgscript_owner'::regrole, 'pgscript_engine'::regrole) as is_owner
  ) as kind
  cross join lateral (values
    (
      role.rolsuper or role.rolbypassrls or role.rolcreaterole or role.rolcreatedb or role.rolreplication,
      'role_too_mighty', 'it is a superuser, bypasses row-level security, or may create roles, databases or replicas',
      'alter role %I nosuperuser nobypassrls nocreaterole nocreatedb noreplication'
    ),
    (
      role.rolcanlogin and not kind.is_login, 'role_can_login', 'somebody can log in as it', 'alter role %I nologin'
    ),
    (
      role.rolinherit and kind.is_login,
      'role_inherits', 'the login holds the rights of the roles it may become', 'alter role %I noinherit'
    ),
    (
      not kind.is_owner and exists (
        select from pg_catalog.pg_shdepend as owned
        where owned.refobjid = role.oid and owned.deptype = 'o'
          and owned.refclassid = 'pg_catalog.pg_authid'::regclass
      ),
      'role_owns', 'it owns objects, and an owner can change their policies', 'reassign owned by %I to …'
    )
  ) as judged (is_fault, code, fault, remedy)
  where judged.is_fault;
$$;

comment on function pgscript_engine.role_faults() is
  'Roles of ours with an attribute or a possession that would undo the isolation of tenants.';

alter function pgscript_engine.role_faults() owner to pgscript_engine;
revoke all on function pgscript_engine.role_faults() from public;
