create or replace function pgscript_engine.refresh_subscriptions(tenant_id uuid, script_id uuid default null)
  returns void
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  delete from pgscript_engine.subscriptions as subscription
  where subscription.tenant_id = refresh_subscriptions.tenant_id
    and (refresh_subscriptions.script_id is null or subscription.script_id = refresh_subscriptions.script_id);

  insert into pgscript_engine.subscriptions (
    tenant_id, script_id, pattern, filter, guarded_filter, version, max_attempts
  )
  -- jsonpath knows no equality, so what may be named twice is made one before.
  select
    script.tenant_id, script.id, wanted.pattern,
    case when not bounded.needs_guard then bounded.filter end,
    case when bounded.needs_guard then bounded.filter end,
    snapshot.version,
    -- Event scripts retry unless they say no.
    case when coalesce(snapshot.retry, true)
      then 1 + (pgscript_engine.effective_limits(tenant.limits, snapshot.limits) ->> 'retries')::smallint
      else 1
    end
  from pgscript.scripts as script
  join pgscript.tenants as tenant on tenant.id = script.tenant_id
  join pgscript.script_versions as snapshot
    on snapshot.tenant_id = script.tenant_id and snapshot.script_id = script.id
    and snapshot.version = script.active_version
  cross join lateral (
    select distinct named.pattern from jsonb_array_elements_text(snapshot.config -> 'events') as named (pattern)
  ) as wanted
  cross join lateral (
    select
      pgscript_engine.bounded_filter((snapshot.config ->> 'filter')::jsonpath::text)::jsonpath as filter,
      pgscript_engine.needs_guard((snapshot.config ->> 'filter')::jsonpath::text) as needs_guard
  ) as bounded
  where script.tenant_id = refresh_subscriptions.tenant_id
    and (refresh_subscriptions.script_id is null or script.id = refresh_subscriptions.script_id)
    and script.status = 'active' and snapshot.type = 'event';

  -- Nothing is taken away here: somebody else's subscription to the same may be about to be committed.
  update pgscript.tenants as tenant
  set event_topics = array(select distinct topic from unnest(tenant.event_topics || heard.topics) as topic order by topic)
  from (
    select array_agg(distinct split_part(subscription.pattern, '.', 1)) as topics
    from pgscript_engine.subscriptions as subscription
    where subscription.tenant_id = refresh_subscriptions.tenant_id
      and (refresh_subscriptions.script_id is null or subscription.script_id = refresh_subscriptions.script_id)
  ) as heard
  where tenant.id = refresh_subscriptions.tenant_id and not tenant.event_topics @> heard.topics;

  select pgscript_engine.hear_watches(refresh_subscriptions.tenant_id);
$$;

comment on function pgscript_engine.refresh_subscriptions(uuid, uuid) is
  'Makes the subscriptions of a script, or of all of a tenant''s, follow the versions that are active.';

alter function pgscript_engine.refresh_subscriptions(uuid, uuid) owner to pgscript_engine;
revoke all on function pgscript_engine.refresh_subscriptions(uuid, uuid) from public;
