create or replace function pgscript_engine.event_patterns(type text)
  returns text[]
  language sql immutable parallel safe
  set search_path = pg_catalog, pg_temp
as $$
  select array_agg(pattern)
  from (
    select event_patterns.type as pattern
    union all
    select array_to_string(parts[1:length], '.') || '.*'
    from (select string_to_array(event_patterns.type, '.') as parts) as split
    cross join lateral generate_series(1, cardinality(parts) - 1) as length
    union all
    -- Our own life cycle is heard by who names it only.
    select '*' where event_patterns.type not like 'pgscript.%'
  ) as every;
$$;

comment on function pgscript_engine.event_patterns(text) is
  'What a subscription may say to get events of a type: the type itself, each prefix of it with .*, and * where the event is not one of pgscript''s own.';

alter function pgscript_engine.event_patterns(text) owner to pgscript_engine;
revoke all on function pgscript_engine.event_patterns(text) from public;
