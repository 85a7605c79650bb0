create or replace function pgscript_engine.expire_slots()
  returns table (tenant_id uuid, script_id uuid)
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  with expired as materialized (
    select lease.tenant_id, lease.script_id, lease.node_id
    from pgscript_engine.slot_leases as lease
    where lease.expires_at < clock_timestamp()
    order by lease.tenant_id, lease.script_id
    for update skip locked
  ),
  gone as (
    delete from pgscript_engine.slot_leases as lease
    using expired
    where lease.tenant_id = expired.tenant_id
      and lease.script_id = expired.script_id
      and lease.node_id = expired.node_id
    returning lease.tenant_id, lease.script_id, lease.slots
  )
  select gone.tenant_id, gone.script_id
  from gone
  cross join generate_series(1, gone.slots);
$$;

comment on function pgscript_engine.expire_slots() is
  'Forgets slot leases that have ended, by the database''s clock, and returns a row for each slot that was in them. The caller takes these off what runs, together with whatever else it takes off. A node that could not renew has stopped the runs in them before.';

alter function pgscript_engine.expire_slots() owner to pgscript_engine;
revoke all on function pgscript_engine.expire_slots() from public;
