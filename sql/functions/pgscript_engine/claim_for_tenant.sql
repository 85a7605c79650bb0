create or replace function pgscript_engine.claim_for_tenant(
  tenant_id uuid, node_id text, batch_size integer, lease interval
)
  returns setof pgscript_engine.live_executions
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  room integer;
  chosen uuid[];
begin
  -- What runs can only fall meanwhile: raising it takes the queue row, which the caller holds.
  select least(claim_for_tenant.batch_size, queue.max_running - slots.running) into room
  from pgscript_engine.tenant_queues as queue
  join pgscript_engine.tenant_slots as slots on slots.tenant_id = queue.tenant_id
  where queue.tenant_id = claim_for_tenant.tenant_id;
  if room is null or room < 1 then
    return;
  end if;

  select array_agg(due.id) into chosen
  from pgscript_engine.due_executions(claim_for_tenant.tenant_id, room) as due (id);
  if chosen is null then
    return;
  end if;
  -- Retries and takeovers are not counted again.
  insert into pgscript_engine.tenant_usage as usage (tenant_id, hour, executions)
  select claim_for_tenant.tenant_id, date_trunc('hour', now(), 'UTC'), count(*)
  from pgscript_engine.live_executions as execution
  where execution.tenant_id = claim_for_tenant.tenant_id and execution.id = any (chosen) and execution.fence = 0
  having count(*) > 0
  on conflict (tenant_id, hour) do update set executions = usage.executions + excluded.executions;

  return query
  update pgscript_engine.live_executions as execution
  set
    status = 'running',
    attempt = execution.attempt + 1,
    fence = execution.fence + 1,
    claimed_by = claim_for_tenant.node_id,
    started_at = clock_timestamp(),
    lease_expires_at = clock_timestamp() + claim_for_tenant.lease
  where execution.tenant_id = claim_for_tenant.tenant_id and execution.id = any (chosen)
  returning execution.*;

  -- Last: whoever completes something of this tenant waits for its counters until the commit.
  perform pgscript_engine.change_running(
    array_fill(claim_for_tenant.tenant_id, array[cardinality(chosen)]),
    array(
      select execution.script_id
      from pgscript_engine.live_executions as execution
      where execution.tenant_id = claim_for_tenant.tenant_id and execution.id = any (chosen)
    ),
    1
  );
end
$$;

comment on function pgscript_engine.claim_for_tenant(uuid, text, integer, interval) is
  'Leases up to batch_size due executions of one tenant to a node, by priority and age, within the concurrency limits of the tenant and of each script, and counts them as running. The caller holds the tenant''s queue row.';

alter function pgscript_engine.claim_for_tenant(uuid, text, integer, interval) owner to pgscript_engine;
revoke all on function pgscript_engine.claim_for_tenant(uuid, text, integer, interval) from public;
