create or replace function pgscript_engine.announce_script_event(tenant_id uuid, type text, payload jsonb)
  returns void
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  insert into pgscript.events (tenant_key, type, payload, source, published_by, user_id)
  select
    tenant.key, announce_script_event.type, announce_script_event.payload, 'engine', 'pgscript',
    pgscript.current_user_id()
  from pgscript.tenants as tenant
  where tenant.id = announce_script_event.tenant_id
    and exists (
      select from pgscript_engine.subscriptions as subscription
      where subscription.tenant_id = tenant.id
        and subscription.pattern = any (pgscript_engine.event_patterns(announce_script_event.type))
    );
$$;

comment on function pgscript_engine.announce_script_event(uuid, text, jsonb) is
  'Publishes an event of a script''s life cycle, where a script of the tenant subscribes to it.';

alter function pgscript_engine.announce_script_event(uuid, text, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.announce_script_event(uuid, text, jsonb) from public;
