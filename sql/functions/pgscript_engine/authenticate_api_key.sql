create or replace function pgscript_engine.authenticate_api_key(key text)
  returns table (
    tenant_id uuid, tenant_key text, tenant_status text, api_key_id uuid, user_id uuid, permissions text[]
  )
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  return query
  select
    tenant.id, tenant.key, tenant.status, api_key.id, api_key.user_id,
    array(
      select scope.permission
      from pgscript.api_key_scopes as scope
      where scope.tenant_id = api_key.tenant_id
        and scope.api_key_id = api_key.id
        and (api_key.user_id is null or exists (
          select from pgscript.memberships as membership
          join pgscript.role_permissions as granted
            on granted.tenant_id = membership.tenant_id and granted.role = membership.role
          where membership.tenant_id = api_key.tenant_id
            and membership.user_id = api_key.user_id
            and granted.permission = scope.permission
        ))
      order by scope.permission
    )
  from pgscript_private.api_key_hashes as known
  join pgscript.api_keys as api_key on api_key.tenant_id = known.tenant_id and api_key.id = known.api_key_id
  join pgscript.tenants as tenant on tenant.id = api_key.tenant_id
  left join pgscript.users as person on person.id = api_key.user_id
  where known.hash = sha256(convert_to(authenticate_api_key.key, 'UTF8'))
    and api_key.revoked_at is null
    and (api_key.expires_at is null or api_key.expires_at > now())
    and person.disabled_at is null;

  -- Once a minute is precise enough for a person to judge by, and cheap.
  update pgscript.api_keys as api_key
  set last_used_at = now()
  from pgscript_private.api_key_hashes as known
  where known.hash = sha256(convert_to(authenticate_api_key.key, 'UTF8'))
    and api_key.tenant_id = known.tenant_id and api_key.id = known.api_key_id
    and (api_key.last_used_at is null or api_key.last_used_at < now() - interval '1 minute');
end
$$;

comment on function pgscript_engine.authenticate_api_key(text) is
  'Who holds this API key and what it may do; no row when it is unknown, revoked or expired, or its user was disabled. A key that acts for a user never has more than the user''s role.';

alter function pgscript_engine.authenticate_api_key(text) owner to pgscript_engine;
revoke all on function pgscript_engine.authenticate_api_key(text) from public;
grant execute on function pgscript_engine.authenticate_api_key(text) to pgscript_node;
