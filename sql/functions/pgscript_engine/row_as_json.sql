create or replace function pgscript_engine.row_as_json(relation oid, columns text[], source text)
  returns text
  language sql stable
  set search_path = pg_catalog, pg_temp
as $$
  -- Fifty at a time, for a function takes a hundred arguments.
  select coalesce(string_agg(part.expression, ' || ' order by part.number), '''{}''::jsonb')
  from (
    select
      field.number,
      'jsonb_build_object(' || string_agg(
        format('%L, %s', field.name, pgscript_engine.column_as_json(row_as_json.relation, field.attnum, row_as_json.source)),
        ', ' order by field.attnum
      ) || ')' as expression
    from (
      select attribute.attnum, attribute.attname as name, (row_number() over (order by attribute.attnum) - 1) / 50 as number
      from pg_catalog.pg_attribute as attribute
      where attribute.attrelid = row_as_json.relation and attribute.attnum > 0 and not attribute.attisdropped
        -- A trigger is not given what is computed on reading (a virtual generated column).
        and attribute.attgenerated <> 'v'
        and (row_as_json.columns is null or attribute.attname = any (row_as_json.columns))
    ) as field
    group by field.number
  ) as part;
$$;

comment on function pgscript_engine.row_as_json(oid, text[], text) is
  'The expression that makes a jsonb object of a host table''s row, of these columns or of all.';

alter function pgscript_engine.row_as_json(oid, text[], text) owner to pgscript_engine;
revoke all on function pgscript_engine.row_as_json(oid, text[], text) from public;
