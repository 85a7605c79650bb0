create or replace function pgscript_engine.expire_slots()
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  expired_tenants uuid[];
  expired_scripts uuid[];
begin
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
  select array_agg(gone.tenant_id), array_agg(gone.script_id)
  into expired_tenants, expired_scripts
  from gone
  cross join generate_series(1, gone.slots);

  if expired_tenants is not null then
    perform pgscript_engine.change_running(expired_tenants, expired_scripts, -1);
    perform pgscript_engine.ring_doorbell();
  end if;
end
$$;

comment on function pgscript_engine.expire_slots() is
  'Takes back reserved slots whose lease has ended, by the database''s clock. A node that could not renew has stopped the runs in them before.';

alter function pgscript_engine.expire_slots() owner to pgscript_engine;
revoke all on function pgscript_engine.expire_slots() from public;
