create or replace function pgscript_engine.claim_for_tenant(
  tenant_id uuid, node_id text, batch_size integer, lease interval
)
  returns setof pgscript_engine.live_executions
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  with due as materialized (
    select execution.id
    from pgscript_engine.live_executions as execution
    where execution.tenant_id = claim_for_tenant.tenant_id
      and execution.status = 'pending'
      and execution.run_at <= now()
    order by execution.priority desc, execution.run_at, execution.id
    limit claim_for_tenant.batch_size
    for update skip locked
  )
  update pgscript_engine.live_executions as execution
  set
    status = 'running',
    attempt = execution.attempt + 1,
    fence = execution.fence + 1,
    claimed_by = claim_for_tenant.node_id,
    started_at = clock_timestamp(),
    lease_expires_at = clock_timestamp() + claim_for_tenant.lease
  from due
  where execution.tenant_id = claim_for_tenant.tenant_id and execution.id = due.id
  returning execution.*;
$$;

comment on function pgscript_engine.claim_for_tenant(uuid, text, integer, interval) is
  'Leases up to batch_size due executions of one tenant to a node, by priority and age. The caller holds the tenant''s queue row.';

alter function pgscript_engine.claim_for_tenant(uuid, text, integer, interval) owner to pgscript_engine;
revoke all on function pgscript_engine.claim_for_tenant(uuid, text, integer, interval) from public;
