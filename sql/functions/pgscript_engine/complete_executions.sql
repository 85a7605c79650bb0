create or replace function pgscript_engine.complete_executions(
  node_id text, tenant_ids uuid[], ids uuid[], fences integer[],
  statuses text[], outputs jsonb[], errors jsonb[], metrics jsonb[], logs jsonb[]
)
  returns setof uuid
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
  -- Rows are found by key; see claim_executions.
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
  set enable_hashjoin = off
  set enable_mergejoin = off
  set enable_material = off
  set jit = off
as $$
#variable_conflict use_column
declare
  accepted uuid[];
  held_tenants uuid[];
  held_scripts uuid[];
begin
  select array_agg(archived.id), array_agg(archived.tenant_id), array_agg(archived.script_id)
  into accepted, held_tenants, held_scripts
  from pgscript_engine.archive_executions(
    complete_executions.tenant_ids, complete_executions.ids, complete_executions.statuses, complete_executions.outputs,
    complete_executions.errors, complete_executions.metrics, complete_executions.logs,
    complete_executions.node_id, complete_executions.fences
  ) as archived;
  if complete_executions.statuses && array['failed', 'timeout'] then
    perform pgscript_engine.bury_failures(held_tenants, accepted);
  end if;
  perform pgscript_engine.announce_executions(held_tenants, accepted);
  perform pgscript_engine.take_off_running(held_tenants, held_scripts);
  return query select unnest(accepted);
end
$$;

comment on function pgscript_engine.complete_executions(text, uuid[], uuid[], integer[], text[], jsonb[], jsonb[], jsonb[], jsonb[]) is
  'Takes over final results (completed with output, cancelled, failed or timeout with error) of executions that the node holds, by fence, element by element of the arrays. Returns the ids it accepted; any other result came too late and was discarded.';

alter function pgscript_engine.complete_executions(text, uuid[], uuid[], integer[], text[], jsonb[], jsonb[], jsonb[], jsonb[]) owner to pgscript_engine;
revoke all on function pgscript_engine.complete_executions(text, uuid[], uuid[], integer[], text[], jsonb[], jsonb[], jsonb[], jsonb[]) from public;
grant execute on function pgscript_engine.complete_executions(text, uuid[], uuid[], integer[], text[], jsonb[], jsonb[], jsonb[], jsonb[]) to pgscript_node;
