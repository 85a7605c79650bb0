create or replace function pgscript_engine.needs_guard(filter text)
  returns boolean
  language sql immutable parallel safe
  set search_path = pg_catalog, pg_temp
as $$
  -- Outside texts and keys: a regular expression, or a method that is not one of those that only make numbers.
  select regexp_replace(needs_guard.filter, '"([^"\\]|\\.)*"', '"', 'g')
    ~ 'like_regex|\.(?!(size|type|abs|floor|ceiling|double|keyvalue)\()[a-z_]+\(';
$$;

comment on function pgscript_engine.needs_guard(text) is
  'Whether a jsonpath, in the form in which PostgreSQL prints it, might raise even when it is told to be silent.';

alter function pgscript_engine.needs_guard(text) owner to pgscript_engine;
revoke all on function pgscript_engine.needs_guard(text) from public;
