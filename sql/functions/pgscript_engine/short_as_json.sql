create or replace function pgscript_engine.short_as_json(relation oid)
  returns text
  language sql stable
  set search_path = pg_catalog, pg_temp
as $$
  -- Few bytes of jsonb may be much as JSON, where there are numbers in it: one has up to 147,455 digits in a dozen
  -- bytes. All else is at most six times as long. So where a row has one or two such numbers, twice in an update,
  -- its size says enough; where there may be any number of them, what counts is its text, if there can be one.
  with recursive base (type, is_element) as (
    select field.atttypid, false
    from pg_catalog.pg_attribute as field
    where field.attrelid = short_as_json.relation and field.attnum > 0 and not field.attisdropped
      -- A type of the host's becomes text.
      and field.atttypid < 16384
    union all
    -- An array is of as many numbers as one likes.
    select type.typelem, true
    from base
    join pg_catalog.pg_type as type on type.oid = base.type
    where type.typelem <> 0 and type.typlen = -1
  )
  select case
    when exists (
      select
      from pg_catalog.pg_attribute as field
      join pg_catalog.pg_type as type on type.oid = field.atttypid
      where field.attrelid = short_as_json.relation and field.attnum > 0 and not field.attisdropped
        -- A domain, or an array of the host's, is what it is made of.
        and (type.typtype = 'd' or (type.oid >= 16384 and type.typelem <> 0 and type.typlen = -1))
    )
    or coalesce(bool_or(base.type in ('json'::regtype, 'jsonb'::regtype)), false)
    or coalesce(bool_or(base.type = 'numeric'::regtype and base.is_element), false)
    or coalesce(bool_or(type.typtype = 'c'), false)
    -- Also where the column says how long: that may change, and the statement stays as it is.
    or count(*) filter (where base.type = 'numeric'::regtype) > 2
    then 'pg_column_size(change.payload) <= 60000 and octet_length(change.payload::text) <= 60000'
    else 'pg_column_size(change.payload) <= 8000'
  end
  from base
  join pg_catalog.pg_type as type on type.oid = base.type;
$$;

comment on function pgscript_engine.short_as_json(oid) is
  'The condition that the change of a watched table''s row is short enough as JSON to be stored unjudged: below any limit that a tenant without one of its own has.';

alter function pgscript_engine.short_as_json(oid) owner to pgscript_engine;
revoke all on function pgscript_engine.short_as_json(oid) from public;
