create or replace function pgscript_engine.membership_faults()
  returns table (code text, object text, fault text, remedy text)
  language sql stable
  set search_path = pg_catalog, pg_temp
as $$
  -- The options exist from PostgreSQL 16; before, a member may always become the role, and inherits
  -- what its own attribute says.
  with membership as (
    select
      link.roleid as role, link.member, member.rolsuper as is_superuser, member.rolname as member_name,
      coalesce((to_jsonb(link) ->> 'set_option')::boolean, true) as may_become,
      coalesce((to_jsonb(link) ->> 'inherit_option')::boolean, member.rolinherit) as inherits,
      to_jsonb(link) ? 'set_option' as has_options
    from pg_catalog.pg_auth_members as link
    join pg_catalog.pg_roles as member on member.oid = link.member
  )
  select
    'owner_reachable', membership.member_name::text,
    format('it is a member of %s, which owns what isolates the tenants', membership.role::regrole),
    format('revoke %s from %I', membership.role::regrole, membership.member_name)
  from membership
  where membership.role in ('pgscript_owner'::regrole, 'pgscript_engine'::regrole)
    and not membership.is_superuser
    and (membership.may_become or membership.inherits)
    -- Where the installer may not create roles, a DBA made it a member; before PostgreSQL 16 that
    -- is the only way to let it migrate.
    and not (not membership.has_options and exists (
      select from pgscript_private.host_roles as host
      where host.role_oid = membership.member and host.table_oid = host.tableoid and host.may_administer
        and host.tenant_id = '00000000-0000-0000-0000-000000000000'
    ))

  union all
  select
    'member_of_other_role', membership.member_name::text,
    format('it is a member of %s', membership.role::regrole),
    format('revoke %s from %I', membership.role::regrole, membership.member_name)
  from membership
  where membership.member in (
      'pgscript_owner'::regrole, 'pgscript_engine'::regrole, 'pgscript_node'::regrole, 'pgscript_script'::regrole,
      'pgscript_user'::regrole, 'pgscript_operator'::regrole, 'pgscript_integrator'::regrole
    )
    and not (
      membership.member = 'pgscript_node'::regrole
      and membership.role in ('pgscript_user'::regrole, 'pgscript_operator'::regrole)
      and not (membership.has_options and membership.inherits)
    )

  union all
  select
    'tenant_role_reachable', membership.member_name::text,
    format('it can become %s, which only a node does', membership.role::regrole),
    format('revoke %s from %I', membership.role::regrole, membership.member_name)
  from membership
  where membership.role in (
      'pgscript_node'::regrole, 'pgscript_script'::regrole, 'pgscript_user'::regrole, 'pgscript_operator'::regrole
    )
    and membership.member <> 'pgscript_node'::regrole
    and not membership.is_superuser
    and (membership.may_become or membership.inherits)

  union all
  select
    'grant_without_role', host.role,
    'grant_integrator was called for it, and that role is not there any more, or this is a restored dump; the grant counts for nobody',
    case
      when not host.may_administer
        then format('select pgscript.grant_integrator(%1$L, …) again, or select pgscript.revoke_integrator(%1$L)', host.role)
      -- What the installing role may do, each migration writes down.
      else format('run pgscript migrate as the role that shall administer it, and select pgscript.revoke_integrator(%L)', host.role)
    end
  from (
    select granted.role, bool_or(granted.may_administer) as may_administer
    from pgscript_private.host_roles as granted
    where granted.table_oid <> granted.tableoid
      or not exists (select from pg_catalog.pg_roles as role where role.oid = granted.role_oid)
    group by granted.role
  ) as host;
$$;

comment on function pgscript_engine.membership_faults() is
  'Memberships through which somebody could own what isolates the tenants, or a login have more than its own rights; and grants whose role is gone.';

alter function pgscript_engine.membership_faults() owner to pgscript_engine;
revoke all on function pgscript_engine.membership_faults() from public;
