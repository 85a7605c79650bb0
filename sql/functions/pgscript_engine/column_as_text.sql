create or replace function pgscript_engine.column_as_text(relation oid, name text, source text)
  returns text
  language sql stable
  set search_path = pg_catalog, pg_temp
as $$
  select format(
    -- A type of the host's may have a cast to text of its own, which would run as us; what prints a value is C.
    case when field.atttypid < 16384 then 'coalesce(%1$s.%2$I::text, '''')' else 'rtrim(format(''%%s'', %1$s.%2$I))' end,
    column_as_text.source, field.attname
  )
  from pg_catalog.pg_attribute as field
  where field.attrelid = column_as_text.relation and field.attname = column_as_text.name
    and field.attnum > 0 and not field.attisdropped;
$$;

comment on function pgscript_engine.column_as_text(oid, text, text) is
  'The expression that makes text of a host table''s column, empty for null, without running any code of the host''s.';

alter function pgscript_engine.column_as_text(oid, text, text) owner to pgscript_engine;
revoke all on function pgscript_engine.column_as_text(oid, text, text) from public;
-- It reads the catalog, as everybody may.
grant execute on function pgscript_engine.column_as_text(oid, text, text) to pgscript_integrator;
