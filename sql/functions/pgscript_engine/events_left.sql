create or replace function pgscript_engine.events_left(tenant_id uuid, wanted integer)
  returns integer
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  per_minute bigint;
  this_minute timestamptz := date_trunc('minute', clock_timestamp(), 'UTC');
  used bigint;
  granted integer;
begin
  select (tenant.quotas ->> 'events_per_minute')::bigint into per_minute
  from pgscript.tenants as tenant
  where tenant.id = events_left.tenant_id;
  if per_minute is null then
    return events_left.wanted;
  end if;

  select coalesce(sum(usage.events), 0) into used
  from pgscript_engine.event_usage as usage
  where usage.tenant_id = events_left.tenant_id and usage.minute = this_minute;
  granted := greatest(least(events_left.wanted, per_minute - used), 0);
  if granted = 0 then
    return 0;
  end if;

  -- Materialized: scanned again, as a nested loop does for each of its rows, it would skip the row that this very
  -- statement has changed by then, choose another, and so add to all of them.
  with free as materialized (
    select part.part
    from pgscript_engine.event_usage as part
    where part.tenant_id = events_left.tenant_id and part.minute = this_minute
    limit 1
    for update skip locked
  )
  update pgscript_engine.event_usage as usage
  set events = usage.events + granted
  from free
  where usage.tenant_id = events_left.tenant_id and usage.minute = this_minute and usage.part = free.part;
  if not found then
    insert into pgscript_engine.event_usage (tenant_id, minute, part, events)
    values (events_left.tenant_id, this_minute, gen_random_uuid(), granted);
  end if;
  return granted;
end
$$;

comment on function pgscript_engine.events_left(uuid, integer) is
  'How many of that many events the tenant may still publish this minute (by the clock, UTC), and counts them, until a rollback; all of them where it has no quota events_per_minute. Waits for nobody: events of transactions that are not committed yet are not seen, so publishers at the same time may exceed the quota by what they publish together.';

alter function pgscript_engine.events_left(uuid, integer) owner to pgscript_engine;
revoke all on function pgscript_engine.events_left(uuid, integer) from public;
