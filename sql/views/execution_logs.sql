create or replace view pgscript.execution_logs
  with (security_invoker = true)
as
select
  batch.tenant_id, batch.execution_id, batch.fence, batch.attempt, batch.batch, line.place::integer as line,
  line.value ->> 'level' as level,
  (line.value ->> 'at')::double precision as at_ms,
  line.value ->> 'message' as message,
  line.value -> 'fields' as fields
from pgscript_engine.execution_log_batches as batch
cross join lateral jsonb_array_elements(batch.lines) with ordinality as line (value, place);

comment on view pgscript.execution_logs is 'The log lines of the tenant''s executions, in order of fence, batch and line.';
comment on column pgscript.execution_logs.at_ms is 'Milliseconds since the attempt began.';

alter view pgscript.execution_logs owner to pgscript_owner;
grant select on pgscript.execution_logs to pgscript_user, pgscript_operator, pgscript_integrator;
