create or replace function pgscript_engine.matching_subscriptions(tenant_id uuid, type text, payload jsonb)
  returns table (script_id uuid, version integer, max_attempts smallint)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  -- Found by key, whatever the statistics of an empty table say.
  set enable_seqscan = off
as $$
  -- One execution for a script, however many of its patterns match.
  select distinct on (subscription.script_id)
    subscription.script_id, subscription.version, subscription.max_attempts
  from pgscript_engine.subscriptions as subscription
  where subscription.tenant_id = matching_subscriptions.tenant_id
    and subscription.pattern = any (pgscript_engine.event_patterns(matching_subscriptions.type))
    and (
      subscription.filter is null
      or jsonb_path_match(matching_subscriptions.payload, subscription.filter, silent => true)
    )
  order by subscription.script_id;
$$;

comment on function pgscript_engine.matching_subscriptions(uuid, text, jsonb) is
  'The active scripts that get an event, each once. A filter that is not true, for whatever reason, does not match.';

alter function pgscript_engine.matching_subscriptions(uuid, text, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.matching_subscriptions(uuid, text, jsonb) from public;
