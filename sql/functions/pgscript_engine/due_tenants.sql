create or replace function pgscript_engine.due_tenants()
  returns setof uuid
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  -- Stepping is right whatever the statistics say; see due_executions.
  set enable_sort = off
  set enable_incremental_sort = off
  set enable_seqscan = off
  set enable_bitmapscan = off
as $$
  with recursive tail as (
    (
      select execution.tenant_id, execution.run_at
      from pgscript_engine.live_executions as execution
      where execution.status = 'pending'
      order by execution.tenant_id desc, execution.run_at desc
      limit 1
    )
    union all
    select next.tenant_id, next.run_at
    from tail
    cross join lateral (
      select execution.tenant_id, execution.run_at
      from pgscript_engine.live_executions as execution
      where execution.status = 'pending' and execution.tenant_id < tail.tenant_id
      order by execution.tenant_id desc, execution.run_at desc
      limit 1
    ) as next
  )
  -- From the last on, here too: the first ones are what was claimed and cannot be removed yet.
  select tail.tenant_id
  from tail
  where tail.run_at <= now()
    or (
      select execution.run_at
      from pgscript_engine.live_executions as execution
      where execution.status = 'pending' and execution.tenant_id = tail.tenant_id and execution.run_at <= now()
      order by execution.run_at desc
      limit 1
    ) is not null;
$$;

comment on function pgscript_engine.due_tenants() is
  'Tenants with work that is due, found by stepping through an index a tenant at a time: it costs the number of tenants that wait, whatever the length of their queues.';

alter function pgscript_engine.due_tenants() owner to pgscript_engine;
revoke all on function pgscript_engine.due_tenants() from public;
