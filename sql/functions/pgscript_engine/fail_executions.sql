create or replace function pgscript_engine.fail_executions(
  node_id text, tenant_ids uuid[], ids uuid[], fences integer[],
  statuses text[], errors jsonb[], metrics jsonb[], logs jsonb[]
)
  returns table (id uuid, is_final boolean)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  held integer[];
  retried uuid[];
begin
  held := pgscript_engine.lock_held(
    fail_executions.node_id, fail_executions.tenant_ids, fail_executions.ids, fail_executions.fences
  );

  with failure as (
    select failed.*
    from unnest(
      fail_executions.tenant_ids, fail_executions.ids, fail_executions.errors, fail_executions.logs
    ) with ordinality as failed (tenant_id, id, error, log, place)
    where failed.place = any (held)
  ),
  back as (
    update pgscript_engine.live_executions as execution
    set
      status = 'pending', claimed_by = null, lease_expires_at = null, started_at = null,
      last_error = failure.error,
      run_at = now() + make_interval(secs => coalesce(
        (failure.error ->> 'retryAfterSeconds')::double precision,
        2 ^ execution.attempt * (0.75 + random() / 2)
      ))
    from failure
    where execution.tenant_id = failure.tenant_id
      and execution.id = failure.id
      and execution.attempt < execution.max_attempts
      and (failure.error ->> 'retryable')::boolean
    returning execution.tenant_id, execution.id, execution.retention_class, execution.attempt, failure.log
  ),
  logged as (
    insert into pgscript_engine.execution_log_batches (tenant_id, execution_id, retention_class, attempt, batch, lines)
    select back.tenant_id, back.id, back.retention_class, back.attempt, 0, back.log
    from back
    where back.log is not null and back.log <> '[]'
  )
  select coalesce(array_agg(back.id), '{}') into retried from back;

  return query select given_back, false from unnest(retried) as given_back;
  return query
  select
    pgscript_engine.archive_executions(
      array_agg(failed.tenant_id), array_agg(failed.id), array_agg(failed.status), array_agg(null::jsonb),
      array_agg(failed.error), array_agg(failed.metrics), array_agg(failed.log)
    ),
    true
  from unnest(
    fail_executions.tenant_ids, fail_executions.ids, fail_executions.statuses, fail_executions.errors,
    fail_executions.metrics, fail_executions.logs
  ) with ordinality as failed (tenant_id, id, status, error, metrics, log, place)
  where failed.place = any (held) and failed.id <> all (retried);
end
$$;

comment on function pgscript_engine.fail_executions(text, uuid[], uuid[], integer[], text[], jsonb[], jsonb[], jsonb[]) is
  'Takes over failed attempts (status failed or timeout) of executions that the node holds. One whose error is retryable and that has attempts left goes back to the queue, after the error''s retryAfterSeconds or 2, 4, 8 … s with jitter; any other is final. Returns the executions whose report it accepted, and whether that was their end.';

alter function pgscript_engine.fail_executions(text, uuid[], uuid[], integer[], text[], jsonb[], jsonb[], jsonb[]) owner to pgscript_engine;
revoke all on function pgscript_engine.fail_executions(text, uuid[], uuid[], integer[], text[], jsonb[], jsonb[], jsonb[]) from public;
grant execute on function pgscript_engine.fail_executions(text, uuid[], uuid[], integer[], text[], jsonb[], jsonb[], jsonb[]) to pgscript_node;
