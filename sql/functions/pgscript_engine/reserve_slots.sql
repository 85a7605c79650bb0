create or replace function pgscript_engine.reserve_slots(
  node_id text, tenant_id uuid, script_id uuid, wanted integer, lease interval
)
  returns table (slots integer, fence bigint)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  room integer;
begin
  -- The queue row first, as every transaction does that raises what runs.
  perform from pgscript_engine.tenant_queues as queue where queue.tenant_id = reserve_slots.tenant_id for update;
  -- Then the lease, before the counters, as those do who give slots back. What is held already is
  -- renewed, whatever there is room for: the caller admits within it from here on.
  update pgscript_engine.slot_leases as held
  set expires_at = clock_timestamp() + reserve_slots.lease
  where held.tenant_id = reserve_slots.tenant_id
    and held.script_id = reserve_slots.script_id
    and held.node_id = reserve_slots.node_id;
  select least(
    reserve_slots.wanted, tenant_limits.max_running - tenant.running, script_limits.max_running - script.running
  )
  into room
  from pgscript_engine.tenant_slots as tenant
  join pgscript_engine.tenant_limits as tenant_limits on tenant_limits.tenant_id = tenant.tenant_id
  join pgscript_engine.script_slots as script
    on script.tenant_id = tenant.tenant_id and script.script_id = reserve_slots.script_id
  join pgscript_engine.script_limits as script_limits
    on script_limits.tenant_id = script.tenant_id and script_limits.script_id = script.script_id
  join pgscript.tenants as account on account.id = tenant.tenant_id
  where tenant.tenant_id = reserve_slots.tenant_id and account.status = 'active';

  if room > 0 then
    perform pgscript_engine.change_running(
      array_fill(reserve_slots.tenant_id, array[room]), array_fill(reserve_slots.script_id, array[room]), 1
    );
    insert into pgscript_engine.slot_leases as held (tenant_id, script_id, node_id, slots, fence, expires_at)
    values (
      reserve_slots.tenant_id, reserve_slots.script_id, reserve_slots.node_id, room,
      nextval('pgscript_engine.slot_fences'), clock_timestamp() + reserve_slots.lease
    )
    on conflict (tenant_id, script_id, node_id) do update set slots = held.slots + excluded.slots;
  end if;

  return query
  select held.slots, held.fence
  from pgscript_engine.slot_leases as held
  where held.tenant_id = reserve_slots.tenant_id
    and held.script_id = reserve_slots.script_id
    and held.node_id = reserve_slots.node_id;
end
$$;

comment on function pgscript_engine.reserve_slots(text, uuid, uuid, integer, interval) is
  'Sets concurrency slots of a script aside for a node, as many as wanted and as the limits of script and tenant leave; the node admits runs that do not queue within them, in memory. Returns how many it holds now and the fence that names the lease; no row where it holds none. What the node held of the script before is part of it, and renewed. A suspended tenant gets nothing new.';

alter function pgscript_engine.reserve_slots(text, uuid, uuid, integer, interval) owner to pgscript_engine;
revoke all on function pgscript_engine.reserve_slots(text, uuid, uuid, integer, interval) from public;
grant execute on function pgscript_engine.reserve_slots(text, uuid, uuid, integer, interval) to pgscript_node;
