create or replace function pgscript_engine.renew_leases(
  node_id text, tenant_ids uuid[], ids uuid[], fences integer[], lease interval
)
  returns table (id uuid, is_cancelled boolean)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  return query
  with held as materialized (
    select execution.tenant_id, execution.id
    from unnest(renew_leases.tenant_ids, renew_leases.ids, renew_leases.fences) as named (tenant_id, id, fence)
    join pgscript_engine.live_executions as execution
      on execution.tenant_id = named.tenant_id and execution.id = named.id and execution.fence = named.fence
    where execution.claimed_by = renew_leases.node_id
    order by execution.tenant_id, execution.id
    for update of execution
  )
  update pgscript_engine.live_executions as execution
  set lease_expires_at = clock_timestamp() + renew_leases.lease
  from held
  where execution.tenant_id = held.tenant_id and execution.id = held.id
  returning execution.id, pgscript_engine.is_cancel_requested(execution.tenant_id, execution.id);

  -- After the executions, as in a claim.
  update pgscript_engine.nodes as node
  set seen_at = clock_timestamp(), alive_until = clock_timestamp() + renew_leases.lease
  where node.id = renew_leases.node_id;
  if not found then
    raise exception using
      errcode = 'PS409', constraint = 'node_unknown',
      message = 'The node is not registered; it was not seen for too long.',
      hint = 'It registers again by itself.';
  end if;
end
$$;

comment on function pgscript_engine.renew_leases(text, uuid[], uuid[], integer[], interval) is
  'Extends the node''s leases on the executions it names by tenant, id and fence, and says that the node lives. Returns the ids it still holds, and whether somebody has asked to stop each; what is missing is no longer its own and must be stopped. Raises node_unknown for a node that was forgotten: it must register again.';

alter function pgscript_engine.renew_leases(text, uuid[], uuid[], integer[], interval) owner to pgscript_engine;
revoke all on function pgscript_engine.renew_leases(text, uuid[], uuid[], integer[], interval) from public;
grant execute on function pgscript_engine.renew_leases(text, uuid[], uuid[], integer[], interval) to pgscript_node;
