create or replace function pgscript_engine.renew_slots(
  node_id text, tenant_ids uuid[], script_ids uuid[], fences bigint[], lease interval
)
  returns setof bigint
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  with held as materialized (
    select lease.tenant_id, lease.script_id, lease.node_id
    from unnest(renew_slots.tenant_ids, renew_slots.script_ids, renew_slots.fences) as named (tenant_id, script_id, fence)
    join pgscript_engine.slot_leases as lease
      on lease.tenant_id = named.tenant_id and lease.script_id = named.script_id and lease.fence = named.fence
    where lease.node_id = renew_slots.node_id
    order by lease.tenant_id, lease.script_id
    for update of lease
  )
  update pgscript_engine.slot_leases as lease
  set expires_at = clock_timestamp() + renew_slots.lease
  from held
  where lease.tenant_id = held.tenant_id and lease.script_id = held.script_id and lease.node_id = held.node_id
  returning lease.fence;
$$;

comment on function pgscript_engine.renew_slots(text, uuid[], uuid[], bigint[], interval) is
  'Extends the node''s slot leases that it names by tenant, script and fence. Returns the fences it still holds; a missing one has expired, and no run may be admitted under it.';

alter function pgscript_engine.renew_slots(text, uuid[], uuid[], bigint[], interval) owner to pgscript_engine;
revoke all on function pgscript_engine.renew_slots(text, uuid[], uuid[], bigint[], interval) from public;
grant execute on function pgscript_engine.renew_slots(text, uuid[], uuid[], bigint[], interval) to pgscript_node;
