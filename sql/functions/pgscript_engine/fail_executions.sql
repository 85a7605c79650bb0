create or replace function pgscript_engine.fail_executions(
  node_id text, tenant_ids uuid[], ids uuid[], fences integer[],
  statuses text[], errors jsonb[], metrics jsonb[], logs jsonb[]
)
  returns table (id uuid, is_final boolean)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
  -- Rows are found by key; see claim_executions.
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
  set enable_hashjoin = off
  set enable_mergejoin = off
  set enable_material = off
  set jit = off
as $$
#variable_conflict use_column
declare
  -- A quarter of an hour: what our rates refuse for that long asks for more than they allow.
  most_rate_limited constant integer := 20;
  held integer[];
  held_tenants uuid[];
  held_scripts uuid[];
  held_ids uuid[];
  retried uuid[];
begin
  select array_agg(holding.place), array_agg(holding.tenant_id), array_agg(holding.script_id),
    array_agg(fail_executions.ids[holding.place])
  into held, held_tenants, held_scripts, held_ids
  from pgscript_engine.lock_held(
    fail_executions.node_id, fail_executions.tenant_ids, fail_executions.ids, fail_executions.fences
  ) as holding;

  with failure as materialized (
    select
      failed.tenant_id, failed.id, failed.status, failed.metrics, failed.log,
      case
        when ours.in_a_row > 0 then failed.error || jsonb_build_object('failuresInARow', ours.in_a_row)
        else failed.error
      end as error,
      ours.in_a_row,
      -- A retry that our own limits caused uses none up.
      ours.in_a_row > 0 as is_ours,
      execution.claimed_by, execution.started_at
    from unnest(
      fail_executions.tenant_ids, fail_executions.ids, fail_executions.statuses, fail_executions.errors,
      fail_executions.metrics, fail_executions.logs
    ) with ordinality as failed (tenant_id, id, status, error, metrics, log, place)
    join pgscript_engine.live_executions as execution
      on execution.tenant_id = failed.tenant_id and execution.id = failed.id
    -- Kept apart (offset 0), for it would be asked wherever it is named.
    cross join lateral (
      select pgscript_engine.rate_limited_in_a_row(failed.tenant_id, failed.id, failed.error) as in_a_row offset 0
    ) as ours
    where failed.place = any (held)
      and failed.error -> 'retryable' = 'true'
      and not pgscript_engine.is_cancel_requested(execution.tenant_id, execution.id)
      and execution.max_attempts > 1
      and case
        when ours.in_a_row > 0 then ours.in_a_row < most_rate_limited
        else execution.attempt < execution.max_attempts
      end
  ),
  back as (
    update pgscript_engine.live_executions as execution
    set
      status = 'pending', claimed_by = null, lease_expires_at = null, started_at = null,
      last_error = failure.error,
      attempt = execution.attempt - failure.is_ours::integer,
      -- A script names seconds as it likes; a week is the longest it gets.
      run_at = clock_timestamp() + make_interval(secs => case
        -- Bounded before it becomes a double, which holds no 1e400.
        when jsonb_typeof(failure.error -> 'retryAfterSeconds') = 'number'
          then least(greatest((failure.error ->> 'retryAfterSeconds')::numeric, 0), 604800)::double precision
        -- The next minute has calls again.
        when failure.is_ours then least(2 ^ failure.in_a_row, 60) * (0.75 + random() / 2)
        else least(2 ^ execution.attempt * (0.75 + random() / 2), 604800)
      end)
    from failure
    where execution.tenant_id = failure.tenant_id and execution.id = failure.id
    returning
      execution.tenant_id, execution.id, execution.retention_class, execution.fence, failure.claimed_by,
      failure.started_at, failure.status, failure.error, failure.metrics, failure.log,
      execution.attempt + failure.is_ours::integer as attempt
  ),
  logged as (
    insert into pgscript_engine.execution_log_batches (
      tenant_id, execution_id, retention_class, fence, attempt, batch, lines
    )
    select back.tenant_id, back.id, back.retention_class, back.fence, back.attempt, 2147483647, back.log
    from back
    where back.log is not null and back.log <> '[]'
  ),
  attempted as (
    insert into pgscript_engine.execution_attempts (
      tenant_id, execution_id, retention_class, fence, attempt, status, node_id, started_at, error, metrics
    )
    select
      back.tenant_id, back.id, back.retention_class, back.fence, back.attempt, back.status, back.claimed_by,
      back.started_at, back.error, coalesce(back.metrics, '{}')
    from back
  )
  select coalesce(array_agg(back.id), '{}') into retried from back;

  return query select given_back, false from unnest(retried) as given_back;
  return query
  select
    (pgscript_engine.archive_executions(
      array_agg(failed.tenant_id), array_agg(failed.id), array_agg(failed.status), array_agg(null::jsonb),
      array_agg(case
        when pgscript_engine.rate_limited_in_a_row(failed.tenant_id, failed.id, failed.error) >= most_rate_limited
          then failed.error || jsonb_build_object('failuresInARow', most_rate_limited, 'message', concat_ws(
            ' ', failed.error ->> 'message',
            format('Attempts ended so %s times in a row; it is not tried again.', most_rate_limited)
          ))
        else failed.error
      end),
      array_agg(failed.metrics), array_agg(failed.log)
    )).id,
    true
  from unnest(
    fail_executions.tenant_ids, fail_executions.ids, fail_executions.statuses, fail_executions.errors,
    fail_executions.metrics, fail_executions.logs
  ) with ordinality as failed (tenant_id, id, status, error, metrics, log, place)
  where failed.place = any (held) and failed.id <> all (retried);
  perform pgscript_engine.bury_failures(held_tenants, held_ids);
  perform pgscript_engine.announce_executions(held_tenants, held_ids);
  perform pgscript_engine.take_off_running(held_tenants, held_scripts);
end
$$;

comment on function pgscript_engine.fail_executions(text, uuid[], uuid[], integer[], text[], jsonb[], jsonb[], jsonb[]) is
  'Takes over failed attempts (status failed or timeout) of executions that the node holds. One whose error is retryable and that has attempts left goes back to the queue, after the error''s retryAfterSeconds or 2, 4, 8 … s with jitter; one that our own rates ended (rate_limited) uses no attempt up, waits 60 s at most, and is final when it is the twentieth in a row. Any other is final. Returns the executions whose report it accepted, and whether that was their end.';

alter function pgscript_engine.fail_executions(text, uuid[], uuid[], integer[], text[], jsonb[], jsonb[], jsonb[]) owner to pgscript_engine;
revoke all on function pgscript_engine.fail_executions(text, uuid[], uuid[], integer[], text[], jsonb[], jsonb[], jsonb[]) from public;
grant execute on function pgscript_engine.fail_executions(text, uuid[], uuid[], integer[], text[], jsonb[], jsonb[], jsonb[]) to pgscript_node;
