create or replace function pgscript_engine.claim_executions(
  capability text, batch_size integer, lease interval,
  most_per_tenant integer default null, holders uuid[] default '{}', held integer[] default '{}'
)
  returns setof pgscript_engine.live_executions
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
  -- Planned once a session: the planner finds a list of a few ids cheaper than its generic guess, and would
  -- plan every statement at every call, a fifth of a small claim and completion. Such a plan may be of a
  -- moment when the table was empty, so it is not left to choose: rows are found by key, here and below.
  -- (Seen with 50,000 waiting: a quarter of the throughput, until the next vacuum.)
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
  set enable_hashjoin = off
  set enable_mergejoin = off
  set enable_material = off
  -- What is switched off counts as very dear, up to PostgreSQL 17, and what is dear is compiled: at each call.
  set jit = off
as $$
  select *
  from pgscript_engine.claim_for_node(
    pgscript_engine.require_node(claim_executions.capability), claim_executions.batch_size, claim_executions.lease,
    claim_executions.most_per_tenant, claim_executions.holders, claim_executions.held
  );
$$;

comment on function pgscript_engine.claim_executions(text, integer, interval, integer, uuid[], integer[]) is
  'Leases up to batch_size due executions to the node whose capability this is, shared among the tenants that wait by their weight, within every concurrency limit; never one execution to two nodes. A tenant that holds some of the node''s slots already (holders and held, in parallel) gets what is missing to most_per_tenant, if that is set, and nobody gets more. A node that comes away with nothing is written down as asleep and must claim once more before it waits for the doorbell.';

alter function pgscript_engine.claim_executions(text, integer, interval, integer, uuid[], integer[]) owner to pgscript_engine;
revoke all on function pgscript_engine.claim_executions(text, integer, interval, integer, uuid[], integer[]) from public;
grant execute on function pgscript_engine.claim_executions(text, integer, interval, integer, uuid[], integer[]) to pgscript_node;
