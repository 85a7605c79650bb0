create or replace function pgscript_engine.take_off_running(tenant_ids uuid[], ids uuid[])
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  running_tenants uuid[];
  running_scripts uuid[];
begin
  select array_agg(execution.tenant_id), array_agg(execution.script_id)
  into running_tenants, running_scripts
  from unnest(take_off_running.tenant_ids, take_off_running.ids) as named (tenant_id, id)
  join pgscript_engine.live_executions as execution
    on execution.tenant_id = named.tenant_id and execution.id = named.id
  where execution.status = 'running';
  if running_tenants is null then
    return;
  end if;

  if exists (
    select from pgscript_engine.tenant_slots as slots
    join pgscript_engine.tenant_queues as queue on queue.tenant_id = slots.tenant_id
    where slots.tenant_id = any (running_tenants) and slots.running >= queue.max_running
  ) or exists (
    select from pgscript_engine.script_slots as slots
    where slots.tenant_id = any (running_tenants) and slots.script_id = any (running_scripts)
      and slots.running >= slots.max_running
  ) then
    perform pgscript_engine.ring_doorbell();
  end if;
  perform pgscript_engine.change_running(running_tenants, running_scripts, -1);
end
$$;

comment on function pgscript_engine.take_off_running(uuid[], uuid[]) is
  'Counts those of the named executions that run as no longer running, and rings the doorbell where a concurrency limit was full until now. The caller holds the rows'' locks and calls this once in its transaction, so that counters are locked in one order.';

alter function pgscript_engine.take_off_running(uuid[], uuid[]) owner to pgscript_engine;
revoke all on function pgscript_engine.take_off_running(uuid[], uuid[]) from public;
