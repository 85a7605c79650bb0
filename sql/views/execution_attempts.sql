create or replace view pgscript.execution_attempts
  with (security_invoker = true)
as
select
  attempt.tenant_id, attempt.execution_id, attempt.fence, attempt.attempt, attempt.status, attempt.node_id,
  attempt.started_at, attempt.finished_at, attempt.error, attempt.metrics
from pgscript_engine.execution_attempts as attempt;

comment on view pgscript.execution_attempts is
  'Failed attempts of the tenant''s executions that were followed by another; the last one is the execution''s own record.';

alter view pgscript.execution_attempts owner to pgscript_owner;
grant select on pgscript.execution_attempts to pgscript_user, pgscript_operator, pgscript_integrator;
