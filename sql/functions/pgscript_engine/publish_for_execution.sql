create or replace function pgscript_engine.publish_for_execution(
  capability text, tenant_id uuid, execution_id uuid, type text, payload jsonb, idempotency_key text
)
  returns table (id uuid, code text, reason text)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
  -- Whoever publishes with the same key may keep their transaction open for as long as they like.
  set lock_timeout = '1s'
as $$
#variable_conflict use_column
declare
  this_tenant uuid := publish_for_execution.tenant_id;
  published record;
begin
  perform pgscript_engine.require_node(publish_for_execution.capability);
  insert into pgscript.events (
    tenant_key, type, payload, idempotency_key, source, published_by, cause_execution_id, depth
  )
  select
    tenant.key, publish_for_execution.type, publish_for_execution.payload, publish_for_execution.idempotency_key,
    'script', 'script', execution.id, coalesce((execution.cause ->> 'depth')::smallint, 1)
  from pgscript.tenants as tenant
  -- What runs without being recorded, from a file, is the first of its chain.
  left join pgscript_engine.live_executions as execution
    on execution.tenant_id = tenant.id and execution.id = publish_for_execution.execution_id
  where tenant.id = this_tenant
  returning id, refused_code, refused_reason into published;
  if found then
    -- Quotas are asked when the statement has stored its rows.
    if published.refused_code is null and (
      select tenant.quotas <> '{}' from pgscript.tenants as tenant where tenant.id = this_tenant
    ) then
      select event.id, event.refused_code, event.refused_reason into published
      from pgscript.events as event
      where event.tenant_id = this_tenant and event.id = published.id and not event.unjudged;
    end if;
    return query select published.id, published.refused_code, published.refused_reason;
  else
    return query
    select known.event_id, null, null
    from pgscript_engine.event_keys as known
    where known.tenant_id = this_tenant and known.key = publish_for_execution.idempotency_key;
  end if;
end
$$;

comment on function pgscript_engine.publish_for_execution(text, uuid, uuid, text, jsonb, text) is
  'Publishes an event of a script that runs, one deeper in the chain than what caused it. Returns its id, and code and reason where it was refused; no row where there is no such tenant.';

alter function pgscript_engine.publish_for_execution(text, uuid, uuid, text, jsonb, text) owner to pgscript_engine;
revoke all on function pgscript_engine.publish_for_execution(text, uuid, uuid, text, jsonb, text) from public;
grant execute on function pgscript_engine.publish_for_execution(text, uuid, uuid, text, jsonb, text) to pgscript_node;
