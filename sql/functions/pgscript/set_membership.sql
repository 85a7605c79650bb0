create or replace function pgscript.set_membership(
  tenant_key text, member text, role text, organization_id text default null
)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  this_tenant uuid := pgscript_engine.authorize(set_membership.tenant_key, 'members.manage');
  person uuid;
  before pgscript.memberships;
  after pgscript.memberships;
begin
  select known.id into person
  from pgscript.users as known
  where set_membership.member = known.external_id
    or lower(set_membership.member) = lower(known.email)
    or set_membership.member = known.id::text
  order by set_membership.member = known.external_id desc nulls last
  limit 1;
  if not found then
    raise exception using
      errcode = 'PS404', constraint = 'user_not_found', column = 'member',
      message = format('There is no user %L.', left(set_membership.member, 100)),
      hint = 'Create the user with pgscript.upsert_user(email, external_id, name) or `pgscript user create`.';
  end if;
  if set_membership.role is not null and not exists (
    select from pgscript.roles as known where known.tenant_id = this_tenant and known.name = set_membership.role
  ) then
    raise exception using
      errcode = 'PS404', constraint = 'role_not_found', column = 'role',
      message = format('role: the tenant has no role %L.', left(set_membership.role, 60)),
      hint = 'Built in are admin, developer and viewer.';
  end if;
  perform pgscript_engine.check_text('organization_id', nullif(set_membership.organization_id, ''), 200);

  select membership.* into before
  from pgscript.memberships as membership
  where membership.tenant_id = this_tenant and membership.user_id = person
  for update;
  if set_membership.role is null then
    delete from pgscript.memberships as membership
    where membership.tenant_id = this_tenant and membership.user_id = person;
  else
    insert into pgscript.memberships as membership (tenant_id, user_id, role, organization_id)
    values (this_tenant, person, set_membership.role, nullif(set_membership.organization_id, ''))
    on conflict on constraint memberships_pkey do update
    set
      role = excluded.role,
      -- An empty text takes it away.
      organization_id = nullif(coalesce(set_membership.organization_id, membership.organization_id), '')
    returning membership.* into after;
  end if;
  perform pgscript_engine.audit(
    this_tenant, 'member.changed', 'user', person::text,
    jsonb_build_object('role', before.role, 'organization_id', before.organization_id),
    jsonb_build_object('role', after.role, 'organization_id', after.organization_id)
  );
end
$$;

comment on function pgscript.set_membership(text, text, text, text) is
  'Makes a user (by e-mail, external id or id) a member of the tenant in that role, changes the role, or ends the membership (role null). With organization_id, in that organization of the tenant; null leaves it as it is, an empty text takes it away.';

alter function pgscript.set_membership(text, text, text, text) owner to pgscript_engine;
revoke all on function pgscript.set_membership(text, text, text, text) from public;
grant execute on function pgscript.set_membership(text, text, text, text) to pgscript_user, pgscript_operator, pgscript_integrator;
