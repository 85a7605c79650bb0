create or replace function pgscript.publish_event(
  tenant_key text, type text, payload jsonb default '{}', idempotency_key text default null, strict boolean default false
)
  returns uuid
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  context text[] := pgscript_private.verified_context();
  key text := publish_event.tenant_key;
  this_tenant uuid;
  published record;
begin
  if exists (select from pgscript.tenants as tenant where tenant.key = publish_event.tenant_key)
    or publish_event.tenant_key is null or not pgscript_engine.may_publish_for_all()
  then
    this_tenant := pgscript_engine.authorize(publish_event.tenant_key, 'scripts.execute');
    select tenant.key into key from pgscript.tenants as tenant where tenant.id = this_tenant;
  end if;

  insert into pgscript.events (
    tenant_key, type, payload, idempotency_key, source, published_by, user_id, api_key_id
  )
  values (
    key, publish_event.type, publish_event.payload, publish_event.idempotency_key, 'api',
    coalesce(nullif(current_setting('role', true), 'none'), session_user), nullif(context[2], '')::uuid,
    nullif(context[3], '')::uuid
  )
  returning id into published;
  if not found and this_tenant is not null then
    select known.event_id as id into published
    from pgscript_engine.event_keys as known
    where known.tenant_id = this_tenant and known.key = publish_event.idempotency_key;
  end if;

  if publish_event.strict then
    perform pgscript_engine.raise_refused(this_tenant, publish_event.tenant_key, published.id);
  end if;
  return published.id;
end
$$;

comment on function pgscript.publish_event(text, text, jsonb, text, boolean) is
  'Publishes an event in the caller''s transaction and returns its id; with an idempotency key that was used before, the id of the event that has it. What cannot be accepted is kept as refused, with the reason, and null is returned for a tenant that does not exist; with strict, that is an error instead. Needs scripts.execute. tenant_key may be null where the transaction has a tenant.';

alter function pgscript.publish_event(text, text, jsonb, text, boolean) owner to pgscript_engine;
revoke all on function pgscript.publish_event(text, text, jsonb, text, boolean) from public;
grant execute on function pgscript.publish_event(text, text, jsonb, text, boolean) to pgscript_user, pgscript_operator, pgscript_integrator;
