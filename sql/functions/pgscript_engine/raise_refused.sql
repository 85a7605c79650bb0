create or replace function pgscript_engine.raise_refused(tenant_id uuid, tenant_key text, event_id uuid)
  returns void
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  event record;
begin
  if raise_refused.tenant_id is null then
    raise exception using
      errcode = 'PS404', constraint = 'tenant_not_found', column = 'tenant_key',
      message = format('There is no tenant with the key %L.', left(raise_refused.tenant_key, 200)),
      hint = 'Create it with pgscript.upsert_tenant(key, name) or `pgscript tenant create`.';
  end if;
  select found.refused_code, found.refused_reason into event
  from pgscript.events as found
  where found.tenant_id = raise_refused.tenant_id and found.id = raise_refused.event_id and not found.unjudged and found.status = 'refused';
  if found then
    perform pgscript_engine.raise_refusal(event.refused_code, event.refused_reason);
  end if;
end
$$;

comment on function pgscript_engine.raise_refused(uuid, text, uuid) is
  'Raises the reason for which an event was refused, if it was.';

alter function pgscript_engine.raise_refused(uuid, text, uuid) owner to pgscript_engine;
revoke all on function pgscript_engine.raise_refused(uuid, text, uuid) from public;
