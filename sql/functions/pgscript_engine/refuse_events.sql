create or replace function pgscript_engine.refuse_events(tenant_id uuid, ids uuid[], reason text)
  returns uuid[]
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  -- Published again later, it may be accepted.
  delete from pgscript_engine.event_keys as key
  using pgscript.events as event
  where event.tenant_id = refuse_events.tenant_id and event.id = any (refuse_events.ids)
    and not event.unjudged and key.tenant_id = event.tenant_id and key.key = event.idempotency_key and key.event_id = event.id;

  with refused as (
    update pgscript.events as event
    set status = 'refused', refused_code = 'quota_exceeded', refused_reason = refuse_events.reason
    where event.tenant_id = refuse_events.tenant_id and event.id = any (refuse_events.ids)
      and not event.unjudged and event.status = 'accepted'
    returning event.id
  )
  select coalesce(array_agg(refused.id), '{}') from refused;
$$;

comment on function pgscript_engine.refuse_events(uuid, uuid[], text) is
  'Marks accepted events of the statement at hand as beyond a quota, and returns their ids.';

alter function pgscript_engine.refuse_events(uuid, uuid[], text) owner to pgscript_engine;
revoke all on function pgscript_engine.refuse_events(uuid, uuid[], text) from public;
