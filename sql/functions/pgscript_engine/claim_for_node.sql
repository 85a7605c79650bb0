create or replace function pgscript_engine.claim_for_node(node_id text, batch_size integer, lease interval)
  returns setof pgscript_engine.live_executions
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  waiting record;
  rest integer := claim_for_node.batch_size;
  weight_left real;
  share integer;
  claimed integer;
  is_dry boolean;
  unsatisfied uuid[] := '{}';
  breadth integer := claim_for_node.batch_size;
  tried uuid[];
  passed_over uuid[] := '{}';
begin
  -- Counters are locked in the order of tenants everywhere, so tenants are served in that order; who
  -- is served at all, and how much, was decided by weight and virtual time. Those that come next get
  -- their turn only if none of these could run anything, so that still no counter is locked.
  loop
    tried := '{}';
    weight_left := null;
    for waiting in
      select queue.*, sum(queue.weight) over () as weights
      from pgscript_engine.lock_due_queues(breadth, passed_over) as queue
      order by queue.tenant_id
    loop
      tried := tried || waiting.tenant_id;
      exit when rest < 1;
      weight_left := coalesce(weight_left, waiting.weights);
      share := greatest(1, round(rest * waiting.weight / greatest(weight_left, waiting.weight)));
      weight_left := weight_left - waiting.weight;
      return query
      select *
      from pgscript_engine.claim_for_tenant(waiting.tenant_id, claim_for_node.node_id, share, claim_for_node.lease);
      get diagnostics claimed = row_count;
      rest := rest - claimed;
      if claimed = share then
        unsatisfied := unsatisfied || waiting.tenant_id;
      end if;
      -- Whose scripts may run no more goes to the back, or every claim would find it first.
      update pgscript_engine.tenant_queues as queue
      set virtual_time = case
        when claimed > 0 then greatest(queue.virtual_time, waiting.clock_floor) + claimed / queue.weight
        else waiting.clock_ceiling
      end
      where queue.tenant_id = waiting.tenant_id and (claimed > 0 or queue.virtual_time < waiting.clock_ceiling);
    end loop;
    exit when rest < claim_for_node.batch_size or cardinality(tried) = 0;
    passed_over := passed_over || tried;
    breadth := 4 * breadth;
  end loop;

  -- What short queues have left over goes to those with more; their counters are locked already.
  foreach waiting.tenant_id in array unsatisfied loop
    exit when rest < 1;
    return query
    select *
    from pgscript_engine.claim_for_tenant(waiting.tenant_id, claim_for_node.node_id, rest, claim_for_node.lease);
    get diagnostics claimed = row_count;
    rest := rest - claimed;
    update pgscript_engine.tenant_queues as queue
    set virtual_time = queue.virtual_time + claimed / queue.weight
    where queue.tenant_id = waiting.tenant_id and claimed > 0;
  end loop;

  is_dry := rest = claim_for_node.batch_size;
  update pgscript_engine.nodes as node
  set asleep = is_dry, seen_at = clock_timestamp()
  where node.id = claim_for_node.node_id and node.asleep <> is_dry;
end
$$;

comment on function pgscript_engine.claim_for_node(text, integer, interval) is
  'Leases up to batch_size due executions to a node, shared among the tenants that wait by their weight, within every concurrency limit; never one execution to two nodes. A node that comes away with nothing is written down as asleep and must claim once more before it waits for the doorbell.';

alter function pgscript_engine.claim_for_node(text, integer, interval) owner to pgscript_engine;
revoke all on function pgscript_engine.claim_for_node(text, integer, interval) from public;
