create or replace function pgscript_engine.announce_executions(tenant_ids uuid[], ids uuid[])
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- Nearly always nobody listens; then this is one look at an index.
  if not exists (
    select from pgscript_engine.subscriptions as subscription
    where subscription.tenant_id = any (announce_executions.tenant_ids)
      and subscription.pattern in (
        'pgscript.*', 'pgscript.execution.*', 'pgscript.execution.completed', 'pgscript.execution.failed',
        'pgscript.execution.timeout'
      )
  ) then
    return;
  end if;
  insert into pgscript.events (tenant_key, type, payload, source, published_by, cause_execution_id, depth)
  select
    tenant.key, 'pgscript.execution.' || finished.status,
    jsonb_build_object(
      'executionId', finished.id, 'scriptId', finished.script_id, 'script', script.name, 'version', finished.version,
      'status', finished.status, 'triggerType', finished.trigger_type, 'attempt', finished.attempt,
      'error', case when finished.error is not null then
        jsonb_strip_nulls(jsonb_build_object('message', finished.error -> 'message', 'code', finished.error -> 'code'))
      end,
      'createdAt', finished.created_at, 'startedAt', finished.started_at, 'finishedAt', finished.finished_at
    ),
    'engine', 'pgscript', finished.id, coalesce((finished.cause ->> 'depth')::smallint, 1)
  from unnest(announce_executions.tenant_ids, announce_executions.ids) as given (tenant_id, id)
  join pgscript_engine.execution_history as finished on finished.tenant_id = given.tenant_id and finished.id = given.id
  join pgscript.tenants as tenant on tenant.id = finished.tenant_id
  join pgscript.scripts as script on script.tenant_id = finished.tenant_id and script.id = finished.script_id
  where finished.status in ('completed', 'failed', 'timeout')
    -- The end of a run that was told of another's end is no news, and would make 16 of each.
    and coalesce(finished.cause #>> '{event,type}', '') not like 'pgscript.execution.%'
    and exists (
      select from pgscript_engine.subscriptions as subscription
      where subscription.tenant_id = finished.tenant_id
        and subscription.pattern = any (pgscript_engine.event_patterns('pgscript.execution.' || finished.status))
      -- A look for each, never a join with all that the tenant subscribes to.
      offset 0
    )
  order by finished.id;
end
$$;

comment on function pgscript_engine.announce_executions(uuid[], uuid[]) is
  'Publishes pgscript.execution.completed, failed or timeout for executions just archived, where a script of the tenant subscribes to it.';

alter function pgscript_engine.announce_executions(uuid[], uuid[]) owner to pgscript_engine;
revoke all on function pgscript_engine.announce_executions(uuid[], uuid[]) from public;
