create or replace function pgscript_engine.columns_unchanged(relation oid, source text)
  returns text
  language sql stable
  set search_path = pg_catalog, pg_temp
as $$
  -- Nothing of it is left when the statement runs. The type of a column is asked of a null that the planner makes
  -- of it, not of the catalog: an old snapshot would show that as it was.
  select concat_ws(
    ' and ',
    format(
      'pgscript_engine.lacks_column(%s, %s::smallint)', columns_unchanged.relation,
      (select class.relnatts + 1 from pg_catalog.pg_class as class where class.oid = columns_unchanged.relation)
    ),
    string_agg(
      format(
        'pgscript_engine.is_of_type(case when false then %s.%I end, %s)', columns_unchanged.source, field.attname,
        -- What CASE makes of a domain. There are no casts from a domain, so which one it is does not matter.
        (
          with recursive base (type, next) as (
            select type.oid, type.typbasetype from pg_catalog.pg_type as type where type.oid = field.atttypid
            union all
            select type.oid, type.typbasetype from base join pg_catalog.pg_type as type on type.oid = base.next
          )
          select base.type from base where base.next = 0
        )
      ),
      ' and ' order by field.attnum
    )
  )
  from pg_catalog.pg_attribute as field
  where field.attrelid = columns_unchanged.relation and field.attnum > 0 and not field.attisdropped
    and field.attgenerated <> 'v';
$$;

comment on function pgscript_engine.columns_unchanged(oid, text) is
  'The condition that the rows of a watched table, in a statement of its trigger, have the columns and the types that it has now: a type that has become another one of the host''s has casts that would run as us.';

alter function pgscript_engine.columns_unchanged(oid, text) owner to pgscript_engine;
revoke all on function pgscript_engine.columns_unchanged(oid, text) from public;
