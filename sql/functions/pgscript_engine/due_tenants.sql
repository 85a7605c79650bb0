create or replace function pgscript_engine.due_tenants()
  returns setof uuid
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  -- Stepping is right whatever the statistics say; see due_executions.
  set enable_sort = off
  set enable_seqscan = off
  set enable_bitmapscan = off
as $$
  with recursive head as (
    (
      select execution.tenant_id, execution.run_at
      from pgscript_engine.live_executions as execution
      where execution.status = 'pending'
      order by execution.tenant_id, execution.run_at
      limit 1
    )
    union all
    select next.tenant_id, next.run_at
    from head
    cross join lateral (
      select execution.tenant_id, execution.run_at
      from pgscript_engine.live_executions as execution
      where execution.status = 'pending' and execution.tenant_id > head.tenant_id
      order by execution.tenant_id, execution.run_at
      limit 1
    ) as next
  )
  select head.tenant_id from head where head.run_at <= now();
$$;

comment on function pgscript_engine.due_tenants() is
  'Tenants with work that is due, found by stepping through an index a tenant at a time: it costs the number of tenants that wait, whatever the length of their queues.';

alter function pgscript_engine.due_tenants() owner to pgscript_engine;
revoke all on function pgscript_engine.due_tenants() from public;
