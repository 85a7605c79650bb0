create or replace function pgscript_engine.deeper_event_patterns(type text)
  returns text[]
  language sql immutable parallel safe
  set search_path = pg_catalog, pg_temp
as $$
  select array_agg(array_to_string(word.every[1:length], '.') || '.*')
  from (select string_to_array(deeper_event_patterns.type, '.') as every) as word
  cross join lateral generate_series(2, cardinality(word.every) - 1) as length;
$$;

comment on function pgscript_engine.deeper_event_patterns(text) is
  'Of a type of three words or more: its prefixes of two or more with .*.';

alter function pgscript_engine.deeper_event_patterns(text) owner to pgscript_engine;
revoke all on function pgscript_engine.deeper_event_patterns(text) from public;
