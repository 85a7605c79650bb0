create or replace function pgscript_engine.append_logs(
  node_id text, tenant_ids uuid[], ids uuid[], fences integer[], batches integer[], lines jsonb[]
)
  returns integer
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  with kept as (
    insert into pgscript_engine.execution_log_batches (
      tenant_id, execution_id, retention_class, fence, attempt, batch, lines
    )
    select
      execution.tenant_id, execution.id, execution.retention_class, execution.fence, execution.attempt,
      given.batch, given.lines
    from unnest(
      append_logs.tenant_ids, append_logs.ids, append_logs.fences, append_logs.batches, append_logs.lines
    ) as given (tenant_id, id, fence, batch, lines)
    join pgscript_engine.live_executions as execution
      on execution.tenant_id = given.tenant_id and execution.id = given.id and execution.fence = given.fence
    where execution.claimed_by = append_logs.node_id
    on conflict do nothing
    returning tenant_id, execution_id, retention_class, lines
  ),
  stored as (
    insert into pgscript_engine.tenant_storage as storage (tenant_id, week, retention_class, bytes)
    select
      kept.tenant_id, date_trunc('week', execution.created_at, 'UTC')::date, kept.retention_class,
      sum(pg_column_size(kept.lines))
    from kept
    join pgscript_engine.live_executions as execution
      on execution.tenant_id = kept.tenant_id and execution.id = kept.execution_id
    group by 1, 2, 3
    order by 1, 2, 3
    on conflict (tenant_id, week, retention_class) do update set bytes = storage.bytes + excluded.bytes
  )
  select count(*)::integer from kept;
$$;

comment on function pgscript_engine.append_logs(text, uuid[], uuid[], integer[], integer[], jsonb[]) is
  'Keeps batches of log lines of executions that the node holds, so that they can be read while the run goes on; element by element, batches counted from 0 in each run. What comes for a lost lease is dropped. Returns how many batches were kept.';

alter function pgscript_engine.append_logs(text, uuid[], uuid[], integer[], integer[], jsonb[]) owner to pgscript_engine;
revoke all on function pgscript_engine.append_logs(text, uuid[], uuid[], integer[], integer[], jsonb[]) from public;
grant execute on function pgscript_engine.append_logs(text, uuid[], uuid[], integer[], integer[], jsonb[]) to pgscript_node;
