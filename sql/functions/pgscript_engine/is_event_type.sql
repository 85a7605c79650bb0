create or replace function pgscript_engine.is_event_type(type text)
  returns boolean
  language sql immutable parallel safe
  set search_path = pg_catalog, pg_temp
as $$
  select is_event_type.type is not null and length(is_event_type.type) <= 200
    and is_event_type.type ~ '^[a-z][a-z0-9_]*(\.[a-z0-9_]+){0,19}$';
$$;

comment on function pgscript_engine.is_event_type(text) is
  'Whether a text is an event type: words of lower-case letters, digits and _ with dots between, the first beginning with a letter; at most 200 characters and 20 words.';

alter function pgscript_engine.is_event_type(text) owner to pgscript_engine;
revoke all on function pgscript_engine.is_event_type(text) from public;
