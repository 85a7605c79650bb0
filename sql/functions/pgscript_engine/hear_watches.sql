create or replace function pgscript_engine.hear_watches(tenant_id uuid)
  returns void
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  -- Where somebody else is about it, it is not waited for: that would be a host's transaction, which may last.
  select pgscript_engine.try_make_watch(watch.relation, watch.purpose, may_wait => false)
  from (
    select known.relation, known.purpose
    from pgscript_engine.watched_tables as known
    join pgscript.tenants as tenant on tenant.id = hear_watches.tenant_id
    where known.purpose = 'events' and not known.is_heard and (
      tenant.event_topics && array['*', split_part(known.event_type, '.', 1)]
      or tenant.quotas <> '{}' or tenant.limits ? 'input_bytes'
    )
    order by known.relation
  ) as watch;
$$;

comment on function pgscript_engine.hear_watches(uuid) is
  'Makes the trigger functions of watched tables anew that were made when nobody listened to them, where this tenant listens to them now, or has a quota or a limit that its events are judged by. Nothing is lost where they stay as they were, but each change would be looked at twice.';

alter function pgscript_engine.hear_watches(uuid) owner to pgscript_engine;
revoke all on function pgscript_engine.hear_watches(uuid) from public;
