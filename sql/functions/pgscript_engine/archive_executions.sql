create or replace function pgscript_engine.archive_executions(
  tenant_ids uuid[], ids uuid[], statuses text[], outputs jsonb[], errors jsonb[], metrics jsonb[], logs jsonb[],
  node_id text default null, fences integer[] default null
)
  returns table (tenant_id uuid, id uuid, script_id uuid)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  return query
  with result as materialized (
    select *
    from unnest(
      archive_executions.tenant_ids, archive_executions.ids, archive_executions.statuses, archive_executions.outputs,
      archive_executions.errors, archive_executions.metrics, archive_executions.logs, archive_executions.fences
    ) as given (tenant_id, id, status, output, error, metrics, log, fence)
    -- Rows are taken one by one, in the order in which every ledger function locks.
    order by given.tenant_id, given.id
  ),
  finished as (
    delete from pgscript_engine.live_executions as execution
    using result
    where execution.tenant_id = result.tenant_id and execution.id = result.id
      and (
        archive_executions.node_id is null
        or (execution.claimed_by = archive_executions.node_id and execution.fence = result.fence)
      )
    returning execution.*, result.status as final_status, result.output, result.error, result.metrics, result.log
  ),
  logged as (
    insert into pgscript_engine.execution_log_batches (
      tenant_id, execution_id, retention_class, fence, attempt, batch, lines
    )
    select
      finished.tenant_id, finished.id, finished.retention_class, finished.fence, finished.attempt,
      -- After whatever was written while it ran.
      2147483647, finished.log
    from finished
    where finished.log is not null and finished.log <> '[]'
  ),
  stored as (
    insert into pgscript_engine.tenant_storage as storage (tenant_id, week, retention_class, bytes)
    select
      finished.tenant_id, date_trunc('week', finished.created_at, 'UTC')::date, finished.retention_class,
      sum(
        pg_column_size(finished.input) + coalesce(pg_column_size(finished.output), 0)
          + coalesce(pg_column_size(finished.error), 0) + coalesce(pg_column_size(finished.log), 0)
      )
    from finished
    -- What never ran is not counted: whoever cancels it would hold the tenant's row until their commit.
    where finished.claimed_by is not null
    group by 1, 2, 3
    order by 1, 2, 3
    on conflict (tenant_id, week, retention_class) do update set bytes = storage.bytes + excluded.bytes
  ),
  kept as (
    insert into pgscript_engine.execution_history (
      tenant_id, id, retention_class, script_id, version, status, trigger_type, priority, run_at, attempt, takeovers,
      node_id, user_id, api_key_id, idempotency_key, cause, input, output, error, metrics, created_at, started_at
    )
    select
      finished.tenant_id, finished.id, finished.retention_class, finished.script_id, finished.version,
      finished.final_status, finished.trigger_type, finished.priority, finished.run_at, finished.attempt,
      finished.takeovers, finished.claimed_by, finished.user_id, finished.api_key_id, finished.idempotency_key,
      finished.cause, finished.input, finished.output, finished.error, coalesce(finished.metrics, '{}'),
      finished.created_at, finished.started_at
    from finished
    returning tenant_id, id, script_id
  ),
  -- A node that waits for its own run hears of it without this. 200 ids keep a payload below 8 kB.
  told as (
    select pg_notify('pgscript_finished', waiting.node_id || ' ' || string_agg(waiting.id::text, ' '))
    from (
      select finished.awaited_by as node_id, finished.id, row_number() over (partition by finished.awaited_by) as place
      from finished
      where finished.awaited_by is distinct from finished.claimed_by and finished.awaited_by is not null
    ) as waiting
    group by waiting.node_id, waiting.place / 200
  )
  select kept.tenant_id, kept.id, kept.script_id
  from kept
  -- Counted, because a query that nobody reads is not run.
  cross join (select count(*) from told) as everybody;
end
$$;

comment on function pgscript_engine.archive_executions(uuid[], uuid[], text[], jsonb[], jsonb[], jsonb[], jsonb[], text, integer[]) is
  'Moves executions to the history in the state given, with their last attempt''s log, and tells the nodes where somebody waits for one; returns them. With a node and fences, only those that the node holds under these; otherwise the caller holds the rows'' locks. The caller takes off what ran when it has done everything else.';

alter function pgscript_engine.archive_executions(uuid[], uuid[], text[], jsonb[], jsonb[], jsonb[], jsonb[], text, integer[]) owner to pgscript_engine;
revoke all on function pgscript_engine.archive_executions(uuid[], uuid[], text[], jsonb[], jsonb[], jsonb[], jsonb[], text, integer[]) from public;
