create or replace function pgscript_engine.return_slots(
  node_id text, tenant_id uuid, script_id uuid, fence bigint, slots integer default null
)
  returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  held integer;
  given_back integer;
begin
  select lease.slots into held
  from pgscript_engine.slot_leases as lease
  where lease.tenant_id = return_slots.tenant_id and lease.script_id = return_slots.script_id
    and lease.node_id = return_slots.node_id and lease.fence = return_slots.fence
  for update;
  if not found then
    return false;
  end if;

  given_back := least(coalesce(return_slots.slots, held), held);
  if given_back = held then
    delete from pgscript_engine.slot_leases as lease
    where lease.tenant_id = return_slots.tenant_id and lease.script_id = return_slots.script_id
      and lease.node_id = return_slots.node_id;
  else
    update pgscript_engine.slot_leases as lease
    set slots = lease.slots - given_back
    where lease.tenant_id = return_slots.tenant_id and lease.script_id = return_slots.script_id
      and lease.node_id = return_slots.node_id;
  end if;
  perform pgscript_engine.change_running(
    array_fill(return_slots.tenant_id, array[given_back]), array_fill(return_slots.script_id, array[given_back]), -1
  );
  perform pgscript_engine.ring_doorbell();
  return true;
end
$$;

comment on function pgscript_engine.return_slots(text, uuid, uuid, bigint, integer) is
  'Gives reserved slots back, all by default; false where the lease had expired, and then there is nothing to give. The node must have ended the runs in them.';

alter function pgscript_engine.return_slots(text, uuid, uuid, bigint, integer) owner to pgscript_engine;
revoke all on function pgscript_engine.return_slots(text, uuid, uuid, bigint, integer) from public;
grant execute on function pgscript_engine.return_slots(text, uuid, uuid, bigint, integer) to pgscript_node;
