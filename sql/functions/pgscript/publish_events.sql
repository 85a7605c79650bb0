create or replace function pgscript.publish_events(tenant_key text, events jsonb, strict boolean default false)
  returns table (place integer, id uuid, status text, code text, reason text)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  context text[] := pgscript_private.verified_context();
  this_tenant uuid := pgscript_engine.authorize(publish_events.tenant_key, 'scripts.execute');
  key text := (select tenant.key from pgscript.tenants as tenant where tenant.id = this_tenant);
  ids uuid[];
  wrong record;
begin
  if jsonb_typeof(publish_events.events) is distinct from 'array'
    or jsonb_array_length(publish_events.events) not between 1 and 10000
    or jsonb_path_exists(publish_events.events, '$[*] ? (@.type() != "object")')
  then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_events', column = 'events',
      message = 'events: must be an array of 1 to 10000 objects with type, payload and idempotencyKey.';
  end if;

  select given.place - 1 as place, entry.key as field into wrong
  from jsonb_array_elements(publish_events.events) with ordinality as given (event, place)
  cross join lateral jsonb_object_keys(given.event) as entry (key)
  where entry.key not in ('type', 'payload', 'idempotencyKey')
  order by given.place
  limit 1;
  if found then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_events', column = format('events.%s.%s', wrong.place, left(wrong.field, 60)),
      message = format('events.%s.%s: is not a known field.', wrong.place, left(wrong.field, 60)),
      hint = 'An event has type, payload and idempotencyKey.';
  end if;
  select given.place - 1 as place into wrong
  from jsonb_array_elements(publish_events.events) with ordinality as given (event, place)
  where jsonb_typeof(given.event -> 'idempotencyKey') not in ('string', 'null')
  order by given.place
  limit 1;
  if found then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_events', column = format('events.%s.idempotencyKey', wrong.place),
      message = format('events.%s.idempotencyKey: must be a text of 1 to 200 characters.', wrong.place);
  end if;

  -- Made ahead, for a row that was published before is not returned by the insert.
  select array_agg(pgscript.uuid_v7() order by element) into ids
  from generate_series(1, jsonb_array_length(publish_events.events)) as element;
  insert into pgscript.events (
    id, tenant_key, type, payload, idempotency_key, source, published_by, user_id, api_key_id
  )
  select
    ids[given.place], key, given.event ->> 'type', coalesce(given.event -> 'payload', '{}'),
    given.event ->> 'idempotencyKey', 'api', coalesce(nullif(current_setting('role', true), 'none'), session_user),
    nullif(context[2], '')::uuid, nullif(context[3], '')::uuid
  from jsonb_array_elements(publish_events.events) with ordinality as given (event, place)
  -- Keys in one order for everybody, or two that publish the same ones would wait for each other. The ids have the
  -- order of the events, and so have executions.
  order by given.event ->> 'idempotencyKey', given.place;

  if publish_events.strict then
    select array_position(ids, refused.id) - 1 as place, refused.refused_code, refused.refused_reason into wrong
    from pgscript.events as refused
    where refused.tenant_id = this_tenant and refused.id = any (ids) and not refused.unjudged and refused.status = 'refused'
    order by refused.id
    limit 1;
    if found then
      perform pgscript_engine.raise_refusal(
        wrong.refused_code, wrong.refused_reason,
        case when cardinality(ids) > 1 then format('events.%s.', wrong.place) else '' end
      );
    end if;
  end if;

  return query
  select
    given.place::integer, coalesce(event.id, known.event_id), coalesce(event.status, 'accepted'), event.refused_code,
    event.refused_reason
  from jsonb_array_elements(publish_events.events) with ordinality as given (event, place)
  left join pgscript.events as event on event.tenant_id = this_tenant and event.id = ids[given.place] and not event.unjudged
  left join pgscript_engine.event_keys as known
    on event.id is null and known.tenant_id = this_tenant and known.key = given.event ->> 'idempotencyKey'
  order by given.place;
end
$$;

comment on function pgscript.publish_events(text, jsonb, boolean) is
  'Publishes up to 10,000 events, [{"type", "payload", "idempotencyKey"}, …], in the caller''s transaction and one statement. Returns for each, by its place from 1: the id of the event (an earlier one, where its idempotency key was used before), accepted or refused, and code and reason of a refusal; with strict, the first refusal is an error and nothing is published. Needs scripts.execute. tenant_key may be null where the transaction has a tenant.';

alter function pgscript.publish_events(text, jsonb, boolean) owner to pgscript_engine;
revoke all on function pgscript.publish_events(text, jsonb, boolean) from public;
grant execute on function pgscript.publish_events(text, jsonb, boolean) to pgscript_user, pgscript_operator, pgscript_integrator;
