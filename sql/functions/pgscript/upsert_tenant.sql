create or replace function pgscript.upsert_tenant(
  key text, name text default null, status text default null, limits jsonb default null
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
  perform pgscript_engine.check_limits(null, upsert_tenant.limits);

  select tenant.* into before from pgscript.tenants as tenant where tenant.key = upsert_tenant.key for update;
  insert into pgscript.tenants as tenant (id, key, name, status, limits)
  values (
    pgscript.uuid_v7(), upsert_tenant.key, coalesce(upsert_tenant.name, upsert_tenant.key),
    coalesce(upsert_tenant.status, 'active'), coalesce(upsert_tenant.limits, '{}')
  )
  on conflict on constraint tenants_key_is_unique do update
  set
    name = coalesce(upsert_tenant.name, tenant.name),
    status = coalesce(upsert_tenant.status, tenant.status),
    limits = coalesce(upsert_tenant.limits, tenant.limits),
    updated_at = now()
  returning tenant.* into after;

  if before is distinct from after then
    perform pgscript_engine.audit(
      after.id, case when before.id is null then 'tenant.created' else 'tenant.changed' end, 'tenant', after.id::text,
      case when before.id is not null then to_jsonb(before) end, to_jsonb(after)
    );
  end if;
  return after;
end
$$;

comment on function pgscript.upsert_tenant(text, text, text, jsonb) is
  'Creates the tenant of that key, or changes what is not null of it; returns its row. A suspended tenant''s scripts wait in the queue and take no new executions.';

alter function pgscript.upsert_tenant(text, text, text, jsonb) owner to pgscript_engine;
revoke all on function pgscript.upsert_tenant(text, text, text, jsonb) from public;
grant execute on function pgscript.upsert_tenant(text, text, text, jsonb) to pgscript_operator, pgscript_integrator;
