create or replace function pgscript_engine.take_off_running(tenant_ids uuid[], script_ids uuid[])
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if take_off_running.tenant_ids is null or cardinality(take_off_running.tenant_ids) = 0 then
    return;
  end if;

  if exists (
    select from pgscript_engine.tenant_slots as slots
    join pgscript_engine.tenant_limits as limits on limits.tenant_id = slots.tenant_id
    where slots.tenant_id = any (take_off_running.tenant_ids) and slots.running >= limits.max_running
  ) or exists (
    select from pgscript_engine.script_slots as slots
    join pgscript_engine.script_limits as limits
      on limits.tenant_id = slots.tenant_id and limits.script_id = slots.script_id
    where slots.tenant_id = any (take_off_running.tenant_ids)
      and slots.script_id = any (take_off_running.script_ids)
      and slots.running >= limits.max_running
  ) then
    perform pgscript_engine.ring_doorbell();
  end if;
  perform pgscript_engine.change_running(take_off_running.tenant_ids, take_off_running.script_ids, -1);
end
$$;

comment on function pgscript_engine.take_off_running(uuid[], uuid[]) is
  'Counts executions, one an element, as no longer running, and rings the doorbell where a concurrency limit was full until now. Called once in a transaction, so that counters are locked in one order, and last: whoever claims or completes anything of the tenant waits for them until the commit.';

alter function pgscript_engine.take_off_running(uuid[], uuid[]) owner to pgscript_engine;
revoke all on function pgscript_engine.take_off_running(uuid[], uuid[]) from public;
