create or replace function pgscript_engine.columns_unchanged(relation oid)
  returns text
  language sql stable
  set search_path = pg_catalog, pg_temp
as $$
  select format(
    '(select class.relnatts from pg_catalog.pg_class as class where class.oid = %1$s) = %2$s and not exists ('
      || 'select from pg_catalog.pg_attribute as field where field.attrelid = %1$s and field.attnum > 0 '
      || 'and field.atttypid >= 16384 and format(''%%s %%s'', field.attnum, field.atttypid) <> all (%3$L::text[]))',
    columns_unchanged.relation, class.relnatts,
    array(
      select format('%s %s', field.attnum, field.atttypid)
      from pg_catalog.pg_attribute as field
      where field.attrelid = columns_unchanged.relation and field.attnum > 0 and field.atttypid >= 16384
    )
  )
  from pg_catalog.pg_class as class
  where class.oid = columns_unchanged.relation;
$$;

comment on function pgscript_engine.columns_unchanged(oid) is
  'The condition that a watched table has the columns it has now, and none of them has become another type of the host''s, whose casts would run as us.';

alter function pgscript_engine.columns_unchanged(oid) owner to pgscript_engine;
revoke all on function pgscript_engine.columns_unchanged(oid) from public;
