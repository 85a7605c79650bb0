create or replace function pgscript_engine.forget_keys()
  returns integer
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  delete from pgscript_engine.tenant_usage as usage where usage.hour < now() - interval '7 days';
  delete from pgscript_engine.event_usage as usage where usage.minute < now() - interval '1 hour';

  -- The execution is long over, or the request came too late to matter.
  delete from pgscript_engine.cancel_requests as request
  where request.requested_at < now() - interval '1 day'
    and not exists (
      select from pgscript_engine.live_executions as execution
      where execution.tenant_id = request.tenant_id and execution.id = request.execution_id
    );

  delete from pgscript_engine.event_keys as key where key.created_at < now() - interval '30 days';
  delete from pgscript.refused_events as event where event.created_at < now() - interval '30 days';

  delete from pgscript.dead_letters as letter
  where letter.status <> 'open' and letter.resolved_at < now() - interval '30 days';

  with forgotten as (
    delete from pgscript_engine.execution_keys as key
    using pgscript.tenants as tenant
    where tenant.id = key.tenant_id
      and key.created_at < now() - make_interval(days => tenant.retention_days)
      and not exists (
        select from pgscript_engine.live_executions as execution
        where execution.tenant_id = key.tenant_id and execution.id = key.execution_id
      )
    returning 1
  )
  select count(*)::integer from forgotten;
$$;

comment on function pgscript_engine.forget_keys() is
  'Forgets idempotency keys whose execution has expired, by the tenant''s retention, those of events and events of unknown tenants after 30 days, dead letters resolved 30 days ago, usage older than a week, and requests to cancel what is over; returns how many keys.';

alter function pgscript_engine.forget_keys() owner to pgscript_engine;
revoke all on function pgscript_engine.forget_keys() from public;
grant execute on function pgscript_engine.forget_keys() to pgscript_node;
