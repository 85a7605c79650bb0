create or replace function pgscript_engine.is_of_type(value anyelement, type oid)
  returns boolean
  language sql immutable
  set search_path = pg_catalog, pg_temp
as $$
  select pg_typeof(is_of_type.value)::oid = is_of_type.type;
$$;

comment on function pgscript_engine.is_of_type(anyelement, oid) is
  'Whether a value has that type. Immutable, unlike pg_typeof, so that a plan holds the answer for a constant.';

alter function pgscript_engine.is_of_type(anyelement, oid) owner to pgscript_engine;
revoke all on function pgscript_engine.is_of_type(anyelement, oid) from public;
