create or replace function pgscript_engine.matching_subscriptions(tenant_id uuid, type text, payload jsonb)
  returns table (script_id uuid, version integer, max_attempts smallint)
  language sql stable
-- Read when it is made, and without a setting, as event_patterns is.
begin atomic
  select subscription.script_id, subscription.version, subscription.max_attempts
  from pgscript_engine.subscriptions as subscription
  where subscription.tenant_id = matching_subscriptions.tenant_id
    and subscription.pattern = any (pgscript_engine.event_patterns(matching_subscriptions.type))
    and (
      subscription.filter is null
      or jsonb_path_match(matching_subscriptions.payload, subscription.filter, silent => true)
    )
    and (
      subscription.guarded_filter is null
      or pgscript_engine.filter_holds(matching_subscriptions.payload, subscription.guarded_filter)
    )
  -- One look at the index for each event. Without this, a statement of many events may be joined with all
  -- subscriptions of their tenant: a thousand with ten thousand took 50 seconds.
  offset 0;
end;

comment on function pgscript_engine.matching_subscriptions(uuid, text, jsonb) is
  'The active scripts that get an event, once for each of their patterns that it matches. A filter that is not true, for whatever reason, does not match. For the engine''s own functions, with enable_seqscan off.';

alter function pgscript_engine.matching_subscriptions(uuid, text, jsonb) owner to pgscript_engine;
alter function pgscript_engine.matching_subscriptions(uuid, text, jsonb) reset all;
alter function pgscript_engine.matching_subscriptions(uuid, text, jsonb) security invoker;
revoke all on function pgscript_engine.matching_subscriptions(uuid, text, jsonb) from public;
