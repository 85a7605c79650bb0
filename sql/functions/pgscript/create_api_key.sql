create or replace function pgscript.create_api_key(
  tenant_key text, name text, scopes text[], for_user text default null, expires_at timestamptz default null
)
  returns text
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  this_tenant uuid := pgscript_engine.authorize(create_api_key.tenant_key, 'members.manage');
  unknown text;
  member uuid;
  -- Two random UUIDs: 244 bits from the server's strong random source.
  key text := 'pgs_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
begin
  perform pgscript_engine.check_text('name', coalesce(create_api_key.name, ''), 100);
  select scope into unknown
  from unnest(create_api_key.scopes) as scope
  where scope is null or scope not in (select permission.name from pgscript.permissions as permission);
  if found or coalesce(cardinality(create_api_key.scopes), 0) = 0 then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_scope', column = 'scopes',
      message = case when unknown is null then 'scopes: name at least one permission.'
        else format('scopes: %L is not a permission.', left(unknown, 60)) end,
      hint = (select 'Permissions: ' || string_agg(permission.name, ', ' order by permission.name) || '.'
        from pgscript.permissions as permission);
  end if;
  if create_api_key.expires_at <= now() then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_expiry', column = 'expires_at',
      message = 'expires_at: must lie in the future.';
  end if;
  if create_api_key.for_user is not null then
    select membership.user_id into member
    from pgscript.memberships as membership
    join pgscript.users as person on person.id = membership.user_id and person.disabled_at is null
    where membership.tenant_id = this_tenant
      and create_api_key.for_user in (person.external_id, person.email, person.id::text);
    if not found then
      raise exception using
        errcode = 'PS404', constraint = 'member_not_found', column = 'for_user',
        message = format('for_user: the tenant has no member %L.', left(create_api_key.for_user, 100));
    end if;
  end if;

  perform pgscript_engine.store_api_key(
    this_tenant, create_api_key.name, key, create_api_key.scopes, member, create_api_key.expires_at, 'api_key.created'
  );
  return key;
end
$$;

comment on function pgscript.create_api_key(text, text, text[], text, timestamptz) is
  'Makes an API key of the tenant with these permissions and returns it: the only time it is shown, for only its hash is kept. With a user (by e-mail or external id) the key acts for that member and can never do more than their role.';

alter function pgscript.create_api_key(text, text, text[], text, timestamptz) owner to pgscript_engine;
revoke all on function pgscript.create_api_key(text, text, text[], text, timestamptz) from public;
grant execute on function pgscript.create_api_key(text, text, text[], text, timestamptz) to pgscript_user, pgscript_operator, pgscript_integrator;
