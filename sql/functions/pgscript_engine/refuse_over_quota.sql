create or replace function pgscript_engine.refuse_over_quota(tenant_ids uuid[], ids uuid[])
  returns uuid[]
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
  -- As fan_out_events.
  set enable_seqscan = off
  set enable_hashjoin = off
  set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  tenant record;
  granted integer;
  refused uuid[] := '{}';
  wanted bigint;
begin
  for tenant in
    select found.id, found.quotas, array_agg(given.id order by given.id) as events
    from unnest(refuse_over_quota.tenant_ids, refuse_over_quota.ids) as given (tenant_id, id)
    join pgscript.tenants as found on found.id = given.tenant_id
    group by found.id
    order by found.id
  loop
    granted := pgscript_engine.events_left(tenant.id, cardinality(tenant.events));
    if granted < cardinality(tenant.events) then
      refused := refused || pgscript_engine.refuse_events(
        tenant.id, tenant.events[granted + 1:],
        format('The tenant''s quota of %s events a minute is used up.', tenant.quotas ->> 'events_per_minute')
      );
    end if;

    begin
      select count(distinct (event.id, subscriber.script_id)) into wanted
      from pgscript.events as event
      cross join lateral pgscript_engine.matching_subscriptions(event.tenant_id, event.type, event.payload) as subscriber
      where not event.unjudged and event.tenant_id = tenant.id and event.id = any (tenant.events) and event.id <> all (refused);
      if wanted > 0 then
        perform pgscript_engine.check_quotas(tenant.id, tenant.quotas, wanted::integer);
      end if;
    exception when sqlstate 'PS429' then
      refused := refused || pgscript_engine.refuse_events(tenant.id, tenant.events, sqlerrm);
    end;
  end loop;
  return refused;
end
$$;

comment on function pgscript_engine.refuse_over_quota(uuid[], uuid[]) is
  'Refuses what of these events, just stored, goes beyond a quota of its tenant, and returns their ids: events beyond events_per_minute, or all of the statement where their executions would pass executions_per_hour or stored_bytes. Transactions at the same moment do not wait for each other, so together they may pass a quota by what they hold.';

alter function pgscript_engine.refuse_over_quota(uuid[], uuid[]) owner to pgscript_engine;
revoke all on function pgscript_engine.refuse_over_quota(uuid[], uuid[]) from public;
