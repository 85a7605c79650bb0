create or replace function pgscript_engine.change_running(tenant_ids uuid[], script_ids uuid[], by integer)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  change record;
begin
  for change in
    select changed.tenant_id, count(*)::integer as executions
    from unnest(change_running.tenant_ids) as changed (tenant_id)
    group by changed.tenant_id
    order by changed.tenant_id
  loop
    update pgscript_engine.tenant_slots as slots
    set running = slots.running + change_running.by * change.executions
    where slots.tenant_id = change.tenant_id;
  end loop;
  for change in
    select changed.tenant_id, changed.script_id, count(*)::integer as executions
    from unnest(change_running.tenant_ids, change_running.script_ids) as changed (tenant_id, script_id)
    group by changed.tenant_id, changed.script_id
    order by changed.tenant_id, changed.script_id
  loop
    update pgscript_engine.script_slots as slots
    set running = slots.running + change_running.by * change.executions
    where slots.tenant_id = change.tenant_id and slots.script_id = change.script_id;
  end loop;
end
$$;

comment on function pgscript_engine.change_running(uuid[], uuid[], integer) is
  'Counts executions, one an element, as running (by 1) or no longer running (by -1). Rows are locked in one order, tenants before scripts, so that no two callers wait for each other; raising takes the tenants'' queue rows first.';

alter function pgscript_engine.change_running(uuid[], uuid[], integer) owner to pgscript_engine;
revoke all on function pgscript_engine.change_running(uuid[], uuid[], integer) from public;
