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
as $$
declare
  held integer[];
  held_tenants uuid[];
  held_scripts uuid[];
  held_ids uuid[];
begin
  select array_agg(holding.place), array_agg(holding.tenant_id), array_agg(holding.script_id),
    array_agg(complete_executions.ids[holding.place])
  into held, held_tenants, held_scripts, held_ids
  from pgscript_engine.lock_held(
    complete_executions.node_id, complete_executions.tenant_ids, complete_executions.ids, complete_executions.fences
  ) as holding;
  if cardinality(held) = cardinality(complete_executions.ids) then
    return query
    select *
    from pgscript_engine.archive_executions(
      complete_executions.tenant_ids, complete_executions.ids, complete_executions.statuses, complete_executions.outputs,
      complete_executions.errors, complete_executions.metrics, complete_executions.logs
    );
  elsif held is not null then
    return query
    select pgscript_engine.archive_executions(
      array_agg(result.tenant_id), array_agg(result.id), array_agg(result.status), array_agg(result.output),
      array_agg(result.error), array_agg(result.metrics), array_agg(result.log)
    )
    from unnest(
      complete_executions.tenant_ids, complete_executions.ids, complete_executions.statuses, complete_executions.outputs,
      complete_executions.errors, complete_executions.metrics, complete_executions.logs
    ) with ordinality as result (tenant_id, id, status, output, error, metrics, log, place)
    where result.place = any (held);
  end if;
  if complete_executions.statuses && array['failed', 'timeout'] then
    perform pgscript_engine.bury_failures(held_tenants, held_ids);
  end if;
  perform pgscript_engine.announce_executions(held_tenants, held_ids);
  perform pgscript_engine.take_off_running(held_tenants, held_scripts);
end
$$;

comment on function pgscript_engine.complete_executions(text, uuid[], uuid[], integer[], text[], jsonb[], jsonb[], jsonb[], jsonb[]) is
  'Takes over final results (completed with output, cancelled, failed or timeout with error) of executions that the node holds, by fence, element by element of the arrays. Returns the ids it accepted; any other result came too late and was discarded.';

alter function pgscript_engine.complete_executions(text, uuid[], uuid[], integer[], text[], jsonb[], jsonb[], jsonb[], jsonb[]) owner to pgscript_engine;
revoke all on function pgscript_engine.complete_executions(text, uuid[], uuid[], integer[], text[], jsonb[], jsonb[], jsonb[], jsonb[]) from public;
grant execute on function pgscript_engine.complete_executions(text, uuid[], uuid[], integer[], text[], jsonb[], jsonb[], jsonb[], jsonb[]) to pgscript_node;
