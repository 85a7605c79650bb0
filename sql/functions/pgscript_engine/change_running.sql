create or replace function pgscript_engine.change_running(tenant_ids uuid[], script_ids uuid[], by integer)
  returns void
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  with change as (
    select changed.tenant_id, count(*)::integer as executions
    from unnest(change_running.tenant_ids) as changed (tenant_id)
    group by changed.tenant_id
  ),
  locked as materialized (
    select slots.tenant_id, change.executions
    from pgscript_engine.tenant_slots as slots
    join change on change.tenant_id = slots.tenant_id
    order by slots.tenant_id
    for update of slots
  )
  update pgscript_engine.tenant_slots as slots
  set running = slots.running + change_running.by * locked.executions
  from locked
  where slots.tenant_id = locked.tenant_id;

  with change as (
    select changed.tenant_id, changed.script_id, count(*)::integer as executions
    from unnest(change_running.tenant_ids, change_running.script_ids) as changed (tenant_id, script_id)
    group by changed.tenant_id, changed.script_id
  ),
  locked as materialized (
    select slots.tenant_id, slots.script_id, change.executions
    from pgscript_engine.script_slots as slots
    join change on change.tenant_id = slots.tenant_id and change.script_id = slots.script_id
    order by slots.tenant_id, slots.script_id
    for update of slots
  )
  update pgscript_engine.script_slots as slots
  set running = slots.running + change_running.by * locked.executions
  from locked
  where slots.tenant_id = locked.tenant_id and slots.script_id = locked.script_id;
$$;

comment on function pgscript_engine.change_running(uuid[], uuid[], integer) is
  'Counts executions, one an element, as running (by 1) or no longer running (by -1). Rows are locked in one order, tenants before scripts, so that no two callers wait for each other; raising takes the tenants'' queue rows first.';

alter function pgscript_engine.change_running(uuid[], uuid[], integer) owner to pgscript_engine;
revoke all on function pgscript_engine.change_running(uuid[], uuid[], integer) from public;
