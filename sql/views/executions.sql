-- Security invoker: the policies of the tables below judge each reader.
create or replace view pgscript.executions
  with (security_invoker = true)
as
select
  execution.tenant_id, execution.id, execution.script_id, execution.version, execution.status, execution.trigger_type,
  execution.priority, execution.run_at, execution.attempt, execution.takeovers, execution.claimed_by as node_id,
  execution.user_id, execution.api_key_id, execution.idempotency_key, execution.cause, execution.input,
  null::jsonb as output, execution.last_error as error, '{}'::jsonb as metrics,
  execution.created_at, execution.started_at, null::timestamptz as finished_at, execution.retention_class
from pgscript_engine.live_executions as execution
union all
select
  execution.tenant_id, execution.id, execution.script_id, execution.version, execution.status, execution.trigger_type,
  execution.priority, execution.run_at, execution.attempt, execution.takeovers, execution.node_id,
  execution.user_id, execution.api_key_id, execution.idempotency_key, execution.cause, execution.input,
  execution.output, execution.error, execution.metrics,
  execution.created_at, execution.started_at, execution.finished_at, execution.retention_class
from pgscript_engine.execution_history as execution;

comment on view pgscript.executions is 'Every execution of the tenant: waiting, running and finished. A list should name the tenant (tenant_id = …) even where there is only one to be seen: then it is read in the order of id, and no further than its limit.';
comment on column pgscript.executions.run_at is 'Not before this moment.';
comment on column pgscript.executions.error is 'Why it failed; of a waiting one, why its last attempt did.';
comment on column pgscript.executions.metrics is 'startMs, durationMs, cpuMs, peakHeapBytes, hostCalls of the last attempt; seed and startedAt, the random seed and clock it had.';

alter view pgscript.executions owner to pgscript_owner;
grant select on pgscript.executions to pgscript_user, pgscript_operator, pgscript_integrator;
