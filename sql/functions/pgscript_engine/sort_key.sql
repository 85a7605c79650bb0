create or replace function pgscript_engine.sort_key(value jsonb)
  returns table (rank integer, number numeric, string text)
  language sql immutable
  set search_path = pg_catalog, pg_temp
as $$
  select
    case jsonb_typeof(sort_key.value)
      when 'null' then 0 when 'boolean' then 1 when 'number' then 2 when 'string' then 3 when 'array' then 4
      when 'object' then 5 else 6
    end,
    case jsonb_typeof(sort_key.value)
      when 'number' then (sort_key.value)::numeric when 'boolean' then (sort_key.value)::boolean::integer else 0
    end,
    case jsonb_typeof(sort_key.value)
      when 'string' then sort_key.value #>> '{}' when 'array' then sort_key.value::text
      when 'object' then sort_key.value::text else ''
    end;
$$;

comment on function pgscript_engine.sort_key(jsonb) is
  'By what a JSON value is ordered: null, booleans, numbers, strings, arrays, objects, and last what is missing.';

alter function pgscript_engine.sort_key(jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.sort_key(jsonb) from public;
