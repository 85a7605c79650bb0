create or replace function pgscript_engine.next_due_in()
  returns double precision
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  -- As in due_tenants: a tenant at a time, by the index.
  set enable_sort = off
  set enable_incremental_sort = off
  set enable_seqscan = off
  set enable_bitmapscan = off
as $$
  with recursive tenant as (
    (
      select execution.tenant_id
      from pgscript_engine.live_executions as execution
      where execution.status = 'pending'
      order by execution.tenant_id desc, execution.run_at desc
      limit 1
    )
    union all
    select (
      select execution.tenant_id
      from pgscript_engine.live_executions as execution
      where execution.status = 'pending' and execution.tenant_id < tenant.tenant_id
      order by execution.tenant_id desc, execution.run_at desc
      limit 1
    )
    from tenant
    where tenant.tenant_id is not null
  )
  select extract(epoch from min(first.run_at) - clock_timestamp())::double precision
  from tenant
  cross join lateral (
    select execution.run_at
    from pgscript_engine.live_executions as execution
    where execution.status = 'pending' and execution.tenant_id = tenant.tenant_id and execution.run_at > now()
    order by execution.run_at
    limit 1
  ) as first;
$$;

comment on function pgscript_engine.next_due_in() is
  'Seconds until the next waiting execution becomes due, of whichever tenant; null where none is put off. Nobody rings for that moment, so a node that sleeps asks.';

alter function pgscript_engine.next_due_in() owner to pgscript_engine;
revoke all on function pgscript_engine.next_due_in() from public;
grant execute on function pgscript_engine.next_due_in() to pgscript_node;
