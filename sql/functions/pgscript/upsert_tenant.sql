create or replace function pgscript.upsert_tenant(
  key text, name text default null, status text default null, limits jsonb default null, quotas jsonb default null,
  retention_days integer default null, weight real default null
)
  returns pgscript.tenants
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  before pgscript.tenants;
  after pgscript.tenants;
begin
  perform pgscript_engine.require_operator();
  perform pgscript_engine.check_text('key', coalesce(upsert_tenant.key, ''), 200);
  perform pgscript_engine.check_text('name', upsert_tenant.name, 200);
  if upsert_tenant.status not in ('active', 'suspended') then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_status', column = 'status',
      message = format('status: %L is not a status a tenant can have.', left(upsert_tenant.status, 40)),
      hint = 'Statuses: active, suspended.';
  end if;
  perform pgscript_engine.check_tenant_fields(
    upsert_tenant.quotas, upsert_tenant.retention_days, upsert_tenant.weight
  );
  perform pgscript_engine.check_limits(null, upsert_tenant.limits);

  -- No key update: whoever enqueues refers to the tenant's key, and must not wait for this.
  select tenant.* into before from pgscript.tenants as tenant where tenant.key = upsert_tenant.key for no key update;
  insert into pgscript.tenants as tenant (id, key, name, status, limits, quotas, retention_days)
  values (
    pgscript.uuid_v7(), upsert_tenant.key, coalesce(upsert_tenant.name, upsert_tenant.key),
    coalesce(upsert_tenant.status, 'active'), coalesce(upsert_tenant.limits, '{}'),
    coalesce(upsert_tenant.quotas, '{}'), coalesce(upsert_tenant.retention_days, 90)
  )
  on conflict on constraint tenants_key_is_unique do update
  set
    name = coalesce(upsert_tenant.name, tenant.name),
    status = coalesce(upsert_tenant.status, tenant.status),
    limits = coalesce(upsert_tenant.limits, tenant.limits),
    quotas = coalesce(upsert_tenant.quotas, tenant.quotas),
    retention_days = coalesce(upsert_tenant.retention_days, tenant.retention_days),
    updated_at = now()
  returning tenant.* into after;
  update pgscript_engine.tenant_limits as limits
  set weight = upsert_tenant.weight
  where limits.tenant_id = after.id and limits.weight <> upsert_tenant.weight;

  if (after.quotas, after.limits) is distinct from (before.quotas, before.limits) then
    perform pgscript_engine.hear_watches(after.id);
  end if;

  if to_jsonb(before) - 'updated_at' is distinct from to_jsonb(after) - 'updated_at' then
    perform pgscript_engine.audit(
      after.id, case when before.id is null then 'tenant.created' else 'tenant.changed' end, 'tenant', after.id::text,
      case when before.id is not null then to_jsonb(before) end, to_jsonb(after)
    );
  end if;
  return after;
end
$$;

comment on function pgscript.upsert_tenant(text, text, text, jsonb, jsonb, integer, real) is
  'Creates the tenant of that key, or changes what is not null of it; returns its row. A suspended tenant''s scripts wait in the queue and take no new executions. quotas: executions_per_hour, stored_bytes, events_per_minute, and api_calls_per_minute by kind. retention_days: 7, 30, 90 or 365, for executions from now on. weight: the tenant''s share of the nodes beside others, 1 by default, at most 1000.';

alter function pgscript.upsert_tenant(text, text, text, jsonb, jsonb, integer, real) owner to pgscript_engine;
revoke all on function pgscript.upsert_tenant(text, text, text, jsonb, jsonb, integer, real) from public;
grant execute on function pgscript.upsert_tenant(text, text, text, jsonb, jsonb, integer, real) to pgscript_operator, pgscript_integrator;
