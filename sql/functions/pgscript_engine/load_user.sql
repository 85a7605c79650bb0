create or replace function pgscript_engine.load_user(capability text, tenant_id uuid, user_id uuid)
  returns table (
    external_id text, email text, name text, organization_id text, roles text[], permissions text[]
  )
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select
    person.external_id, person.email, person.name, membership.organization_id, array[membership.role],
    array(
      select granted.permission
      from pgscript.role_permissions as granted
      where granted.tenant_id = membership.tenant_id and granted.role = membership.role
      order by granted.permission
    )
  from pgscript.memberships as membership
  join pgscript.users as person on person.id = membership.user_id
  where pgscript_engine.require_node(load_user.capability) is not null
    and membership.tenant_id = load_user.tenant_id
    and membership.user_id = load_user.user_id
    and person.disabled_at is null;
$$;

comment on function pgscript_engine.load_user(text, uuid, uuid) is
  'What a node tells a run of the user it carries: names, organization, roles and permissions as a member of the tenant now; no row for who is no member, or disabled.';

alter function pgscript_engine.load_user(text, uuid, uuid) owner to pgscript_engine;
revoke all on function pgscript_engine.load_user(text, uuid, uuid) from public;
grant execute on function pgscript_engine.load_user(text, uuid, uuid) to pgscript_node;
