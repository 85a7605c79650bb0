create or replace function pgscript_engine.choose_due(
  tenant_id uuid, batch_size integer, taken_ids uuid[] default '{}', taken_scripts uuid[] default '{}',
  out ids uuid[], out rows tid[], out script_ids uuid[], out starts bigint
)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  room integer;
  passed_over uuid[] := choose_due.taken_ids;
  due record;
begin
  -- What runs can only fall meanwhile: raising it takes the queue row, which the caller holds.
  select least(choose_due.batch_size, limits.max_running - slots.running - cardinality(choose_due.taken_ids)) into room
  from pgscript_engine.tenant_limits as limits
  join pgscript_engine.tenant_slots as slots on slots.tenant_id = limits.tenant_id
  where limits.tenant_id = choose_due.tenant_id;
  if room is null or room < 1 then
    return;
  end if;

  -- Behind what somebody has locked, in a cancellation that is not committed yet, lies more; a caller
  -- with little room would see nothing but that.
  loop
    select * into due
    from pgscript_engine.due_executions(choose_due.tenant_id, room, passed_over, choose_due.taken_scripts);
    exit when due.locked_out is null or cardinality(passed_over) > 1000;
    passed_over := passed_over || due.locked_out;
  end loop;
  ids := due.ids;
  rows := due.rows;
  script_ids := due.script_ids;
  starts := due.starts;
end
$$;

comment on function pgscript_engine.choose_due(uuid, integer, uuid[], uuid[]) is
  'Locks up to batch_size due executions of one tenant, by priority and age, within the concurrency limits of the tenant and of each script, beside those taken already. Passes over what another transaction has locked. The caller holds the tenant''s queue row.';

alter function pgscript_engine.choose_due(uuid, integer, uuid[], uuid[]) owner to pgscript_engine;
revoke all on function pgscript_engine.choose_due(uuid, integer, uuid[], uuid[]) from public;
