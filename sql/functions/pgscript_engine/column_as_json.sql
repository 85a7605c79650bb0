create or replace function pgscript_engine.column_as_json(relation oid, number smallint, source text)
  returns text
  language sql stable
  set search_path = pg_catalog, pg_temp
as $$
  with recursive base (type) as (
    select field.atttypid
    from pg_catalog.pg_attribute as field
    where field.attrelid = column_as_json.relation and field.attnum = column_as_json.number
    union all
    -- A domain is what it is made of, an array what its elements are.
    select case type.typtype when 'd' then type.typbasetype else type.typelem end
    from base
    join pg_catalog.pg_type as type on type.oid = base.type
    where type.typtype = 'd' or (type.typelem <> 0 and type.typlen = -1)
  )
  select format(
    -- A type of the host's may have a cast to json of its own, which would run as us; what prints a value is C.
    case
      when bool_or(base.type = 'json'::regtype) then 'pgscript_engine.json_as_jsonb(%1$s.%2$I)'
      when max(base.type) filter (where type.typtype <> 'd' and not (type.typelem <> 0 and type.typlen = -1)) < 16384
      then '%1$s.%2$I' else 'case when %1$s.%2$I is not null then format(''%%s'', %1$s.%2$I) end' end,
    column_as_json.source, field.attname
  )
  from base
  join pg_catalog.pg_type as type on type.oid = base.type
  join pg_catalog.pg_attribute as field
    on field.attrelid = column_as_json.relation and field.attnum = column_as_json.number
  group by field.attname;
$$;

comment on function pgscript_engine.column_as_json(oid, smallint, text) is
  'The expression of a host table''s column that jsonb_build_object makes jsonb of without running any code of the host''s: a type of its own becomes text.';

alter function pgscript_engine.column_as_json(oid, smallint, text) owner to pgscript_engine;
revoke all on function pgscript_engine.column_as_json(oid, smallint, text) from public;
