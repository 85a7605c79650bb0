create or replace function pgscript_engine.authorize(tenant_key text, permission text)
  returns uuid
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  context text[] := pgscript_private.verified_context();
  -- SET ROLE counts as itself: a session that has stepped down must not act as its login.
  acting_role text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
  found_tenant pgscript.tenants;
  -- Only who may act for every tenant learns that a key does not exist.
  may_know_tenants boolean;
begin
  select tenant.* into found_tenant
  from pgscript.tenants as tenant
  where case
    when authorize.tenant_key is null then tenant.id = nullif(context[1], '')::uuid
    else tenant.key = authorize.tenant_key
  end;

  -- In a context: only what the context allows, whoever the session is.
  if coalesce(current_setting('pgscript.context', true), '') <> '' then
    if found_tenant.id is not null and (
      context[4] = 'operator'
      or (context[1] = found_tenant.id::text and authorize.permission = any (string_to_array(context[5], ',')))
    ) then
      return found_tenant.id;
    end if;
    may_know_tenants := context[4] = 'operator';
  elsif found_tenant.id is not null and exists (
    select from pgscript_private.host_roles as host
    join pg_catalog.pg_roles as role on role.oid = host.role_oid and host.table_oid = host.tableoid
    where host.tenant_id in (found_tenant.id, '00000000-0000-0000-0000-000000000000')
      and pg_has_role(acting_role, role.oid, 'usage')
      and (host.may_administer or authorize.permission in ('scripts.execute', 'dead_letters.manage'))
  ) then
    return found_tenant.id;
  else
    may_know_tenants := exists (
      select from pgscript_private.host_roles as host
      join pg_catalog.pg_roles as role on role.oid = host.role_oid and host.table_oid = host.tableoid
      where host.tenant_id = '00000000-0000-0000-0000-000000000000' and pg_has_role(acting_role, role.oid, 'usage')
    );
  end if;
  if found_tenant.id is null and authorize.tenant_key is not null and may_know_tenants then
    raise exception using
      errcode = 'PS404', constraint = 'tenant_not_found', column = 'tenant_key',
      message = format('There is no tenant with the key %L.', left(authorize.tenant_key, 200)),
      hint = 'Create it with pgscript.upsert_tenant(key, name) or `pgscript tenant create`.';
  end if;
  -- Which permission is missing may depend on what the tenant has, so only its own people are told.
  raise exception using
    errcode = 'PS403', constraint = 'permission_denied',
    message = case
      when context[1] = found_tenant.id::text
        then format('This needs the permission %s for the tenant.', authorize.permission)
      when context is not null then 'This transaction does not act for that tenant.'
      else format('The database role %I may not do this for the tenant.', acting_role)
    end,
    hint = 'A user or API key needs the permission; a database role needs pgscript.grant_integrator(role, tenants).';
end
$$;

comment on function pgscript_engine.authorize(text, text) is
  'The tenant''s id, if the caller may do this for it: by the transaction''s context, or as a host '
  'role that was granted the tenant. A null key means the context''s tenant. '
  'Raises permission_denied or tenant_not_found.';

alter function pgscript_engine.authorize(text, text) owner to pgscript_engine;
revoke all on function pgscript_engine.authorize(text, text) from public;
