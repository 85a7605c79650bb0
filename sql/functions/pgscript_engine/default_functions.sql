create or replace function pgscript_engine.default_functions(source regclass)
  returns table (column_name text, type_name text, expression text)
  language sql stable
  set search_path = pg_catalog, pg_temp
as $$
  select
    field.attname::text, format_type(field.atttypid, field.atttypmod),
    pg_get_expr(given.adbin, given.adrelid)
  from pg_catalog.pg_attrdef as given
  join pg_catalog.pg_attribute as field on field.attrelid = given.adrelid and field.attnum = given.adnum
  where given.adrelid = default_functions.source and field.attgenerated = '' and not field.attisdropped
    -- What PostgreSQL itself brings is pinned and has no entry here.
    and exists (
      select from pg_catalog.pg_depend as used
      where used.classid = 'pg_catalog.pg_attrdef'::regclass and used.objid = given.oid and used.deptype = 'n'
        and (
          used.refclassid = 'pg_catalog.pg_proc'::regclass
          or used.refclassid = 'pg_catalog.pg_class'::regclass and used.refobjid <> given.adrelid
        )
    )
  order by field.attnum;
$$;

comment on function pgscript_engine.default_functions(regclass) is
  'The columns of a host''s table whose default calls a function or a sequence of the host, which scripts have no right to: with its type and its text.';

alter function pgscript_engine.default_functions(regclass) owner to pgscript_owner;
revoke all on function pgscript_engine.default_functions(regclass) from public;
grant execute on function pgscript_engine.default_functions(regclass) to pgscript_integrator;
