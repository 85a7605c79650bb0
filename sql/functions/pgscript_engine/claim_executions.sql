create or replace function pgscript_engine.claim_executions(node_id text, batch_size integer, lease interval)
  returns setof pgscript_engine.live_executions
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  candidates uuid[];
  waiting uuid;
  rest integer := claim_executions.batch_size;
  share integer;
  claimed integer;
  clock_floor double precision;
  place integer := 0;
begin
  -- Lowest virtual time first; a queue row that another node holds is being served there.
  select array_agg(queue.tenant_id order by queue.virtual_time), min(queue.virtual_time)
  into candidates, clock_floor
  from (
    select queue.tenant_id, queue.virtual_time
    from pgscript_engine.due_tenants() as due (tenant_id)
    join pgscript_engine.tenant_queues as queue on queue.tenant_id = due.tenant_id
    join pgscript.tenants as tenant on tenant.id = due.tenant_id and tenant.status = 'active'
    order by queue.virtual_time
    limit claim_executions.batch_size
    for update of queue skip locked
  ) as queue;

  foreach waiting in array coalesce(candidates, '{}') loop
    exit when rest <= 0;
    -- An equal share of what is left; what a short queue leaves over, the next ones get.
    share := ceil(rest::numeric / (cardinality(candidates) - place));
    place := place + 1;
    return query
    select * from pgscript_engine.claim_for_tenant(waiting, claim_executions.node_id, share, claim_executions.lease);
    get diagnostics claimed = row_count;
    rest := rest - claimed;
    -- A tenant that was idle starts at the floor: idleness saves nothing up.
    update pgscript_engine.tenant_queues as queue
    set virtual_time = greatest(queue.virtual_time, clock_floor) + claimed / queue.weight
    where queue.tenant_id = waiting and claimed > 0;
  end loop;

  update pgscript_engine.nodes as node
  set asleep = (rest = claim_executions.batch_size), seen_at = now()
  where node.id = claim_executions.node_id and node.asleep <> (rest = claim_executions.batch_size);
end
$$;

comment on function pgscript_engine.claim_executions(text, integer, interval) is
  'Leases up to batch_size due executions to a node, shared among the tenants that wait by their weight; never one execution to two nodes. A node that comes away with nothing is written down as asleep and must claim once more before it waits for the doorbell.';

alter function pgscript_engine.claim_executions(text, integer, interval) owner to pgscript_engine;
revoke all on function pgscript_engine.claim_executions(text, integer, interval) from public;
grant execute on function pgscript_engine.claim_executions(text, integer, interval) to pgscript_node;
