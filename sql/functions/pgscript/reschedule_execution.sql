create or replace function pgscript.reschedule_execution(
  tenant_key text, id uuid, run_at timestamptz default null, priority integer default null
)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  this_tenant uuid := pgscript_engine.authorize(reschedule_execution.tenant_key, 'scripts.execute');
  before pgscript_engine.live_executions;
begin
  if reschedule_execution.priority not between -100 and 100 then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_priority', column = 'priority',
      message = 'priority: must be from -100 (last) to 100 (first).';
  end if;
  select execution.* into before
  from pgscript_engine.live_executions as execution
  where execution.tenant_id = this_tenant and execution.id = reschedule_execution.id and execution.status = 'pending'
  for update;
  if not found then
    raise exception using
      errcode = 'PS409', constraint = 'execution_not_waiting', column = 'id',
      message = format('The tenant has no waiting execution %s; only a waiting one can be rescheduled.', reschedule_execution.id);
  end if;

  update pgscript_engine.live_executions as execution
  set
    run_at = coalesce(reschedule_execution.run_at, execution.run_at),
    priority = coalesce(reschedule_execution.priority, execution.priority)
  where execution.tenant_id = this_tenant and execution.id = reschedule_execution.id;
  perform pgscript_engine.audit(
    this_tenant, 'execution.rescheduled', 'execution', before.id::text,
    jsonb_build_object('run_at', before.run_at, 'priority', before.priority),
    jsonb_build_object(
      'run_at', coalesce(reschedule_execution.run_at, before.run_at),
      'priority', coalesce(reschedule_execution.priority, before.priority)
    )
  );
  perform pgscript_engine.ring_doorbell();
end
$$;

comment on function pgscript.reschedule_execution(text, uuid, timestamptz, integer) is
  'Changes when a waiting execution may run, and its priority, as far as they are not null. Needs scripts.execute; raises execution_not_waiting for one that has begun.';

alter function pgscript.reschedule_execution(text, uuid, timestamptz, integer) owner to pgscript_engine;
revoke all on function pgscript.reschedule_execution(text, uuid, timestamptz, integer) from public;
grant execute on function pgscript.reschedule_execution(text, uuid, timestamptz, integer) to pgscript_user, pgscript_operator, pgscript_integrator;
