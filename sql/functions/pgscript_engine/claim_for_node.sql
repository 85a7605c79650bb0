create or replace function pgscript_engine.claim_for_node(
  node_id text, batch_size integer, lease interval,
  most_per_tenant integer default null, holders uuid[] default '{}', held integer[] default '{}'
)
  returns setof pgscript_engine.live_executions
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  waiting record;
  due record;
  rest integer := claim_for_node.batch_size;
  weight_left real;
  share integer;
  breadth integer := claim_for_node.batch_size;
  passed_over uuid[] := '{}';
  -- Tenants that hold as many of the node's slots as they may.
  without_room uuid[] := array(
    select holder.tenant_id
    from unnest(claim_for_node.holders, claim_for_node.held) as holder (tenant_id, slots)
    where holder.slots >= claim_for_node.most_per_tenant
  );
  -- Of each tenant that was served, in the order of serving.
  served uuid[] := '{}';
  rooms integer[] := '{}';
  weights real[] := '{}';
  clocks double precision[] := '{}';
  claimed integer[] := '{}';
  starts bigint[] := '{}';
  unsatisfied integer[] := '{}';
  place integer;
  -- Of each execution that was chosen.
  ids uuid[] := '{}';
  rows tid[] := '{}';
  tenant_ids uuid[] := '{}';
  script_ids uuid[] := '{}';
begin
  -- Who is served, and how much, is decided by weight and virtual time. Those that come next get their
  -- turn only if none of these could run anything.
  loop
    weight_left := null;
    place := cardinality(served);
    for waiting in
      select
        queue.*, sum(queue.weight) over () as weights,
        least(claim_for_node.batch_size, claim_for_node.most_per_tenant - coalesce(holder.slots, 0)) as room
      from pgscript_engine.lock_due_queues(breadth, passed_over, without_room) as queue
      left join unnest(claim_for_node.holders, claim_for_node.held) as holder (tenant_id, slots)
        on holder.tenant_id = queue.tenant_id
      order by queue.tenant_id
    loop
      passed_over := passed_over || waiting.tenant_id;
      exit when rest < 1;
      weight_left := coalesce(weight_left, waiting.weights);
      share := greatest(1, round(rest * waiting.weight / greatest(weight_left, waiting.weight)));
      weight_left := weight_left - waiting.weight;
      share := least(share, waiting.room);
      select * into due from pgscript_engine.choose_due(waiting.tenant_id, share);
      served := served || waiting.tenant_id;
      rooms := rooms || waiting.room;
      weights := weights || waiting.weight;
      claimed := claimed || coalesce(cardinality(due.ids), 0);
      starts := starts || coalesce(due.starts, 0);
      -- Whose scripts may run no more goes to the back, or every claim would find it first.
      clocks := clocks || case when due.ids is null then waiting.clock_ceiling else waiting.clock end;
      continue when due.ids is null;
      ids := ids || due.ids;
      rows := rows || due.rows;
      tenant_ids := tenant_ids || array_fill(waiting.tenant_id, array[cardinality(due.ids)]);
      script_ids := script_ids || due.script_ids;
      rest := rest - cardinality(due.ids);
      if cardinality(due.ids) = share and share < waiting.room then
        unsatisfied := unsatisfied || cardinality(served);
      end if;
    end loop;
    exit when cardinality(ids) > 0 or cardinality(served) = place;
    breadth := 4 * breadth;
  end loop;

  -- What short queues have left over goes to those with more.
  foreach place in array unsatisfied loop
    exit when rest < 1;
    select * into due
    from pgscript_engine.choose_due(
      served[place], least(rest, rooms[place] - claimed[place]),
      array(select id from unnest(ids, tenant_ids) as chosen (id, tenant_id) where tenant_id = served[place]),
      array(select id from unnest(script_ids, tenant_ids) as chosen (id, tenant_id) where tenant_id = served[place])
    );
    continue when due.ids is null;
    ids := ids || due.ids;
    rows := rows || due.rows;
    tenant_ids := tenant_ids || array_fill(served[place], array[cardinality(due.ids)]);
    script_ids := script_ids || due.script_ids;
    claimed[place] := claimed[place] + cardinality(due.ids);
    starts[place] := starts[place] + due.starts;
    rest := rest - cardinality(due.ids);
  end loop;

  if cardinality(ids) > 0 then
    -- By their places: what is locked stays where it is.
    return query
    update pgscript_engine.live_executions as execution
    set
      status = 'running',
      attempt = execution.attempt + 1,
      fence = execution.fence + 1,
      claimed_by = claim_for_node.node_id,
      started_at = clock_timestamp(),
      lease_expires_at = clock_timestamp() + claim_for_node.lease
    where execution.ctid = any (rows)
    returning execution.*;
    perform pgscript_engine.count_claimed(served, starts, tenant_ids, script_ids);
  end if;
  update pgscript_engine.tenant_queues as queue
  set virtual_time = greatest(queue.virtual_time, share_of.clock) + share_of.claimed / share_of.weight
  from unnest(served, clocks, claimed, weights) as share_of (tenant_id, clock, claimed, weight)
  where queue.tenant_id = share_of.tenant_id and (share_of.claimed > 0 or queue.virtual_time < share_of.clock);

  update pgscript_engine.nodes as node
  set asleep = cardinality(ids) = 0, seen_at = clock_timestamp()
  where node.id = claim_for_node.node_id and node.asleep <> (cardinality(ids) = 0);
end
$$;

comment on function pgscript_engine.claim_for_node(text, integer, interval, integer, uuid[], integer[]) is
  'Leases up to batch_size due executions to a node, shared among the tenants that wait by their weight, within every concurrency limit; never one execution to two nodes. No tenant comes to hold more of the node''s slots than most_per_tenant, if that is set, together with what it holds there already: holders and held, in parallel. A node that comes away with nothing is written down as asleep and must claim once more before it waits for the doorbell.';

alter function pgscript_engine.claim_for_node(text, integer, interval, integer, uuid[], integer[]) owner to pgscript_engine;
revoke all on function pgscript_engine.claim_for_node(text, integer, interval, integer, uuid[], integer[]) from public;
