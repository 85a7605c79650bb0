create or replace function pgscript_engine.value_at(body jsonb, path text[])
  returns jsonb
  language plpgsql immutable
  set search_path = pg_catalog, pg_temp
as $$
declare
  value jsonb := value_at.body;
  step text;
begin
  foreach step in array value_at.path loop
    -- Not #>, which would take a number as a place in an array.
    if jsonb_typeof(value) is distinct from 'object' then
      return null;
    end if;
    value := value -> step;
  end loop;
  return value;
end
$$;

comment on function pgscript_engine.value_at(jsonb, text[]) is
  'What is at a path through the objects of a JSON value; null where it ends before.';

alter function pgscript_engine.value_at(jsonb, text[]) owner to pgscript_engine;
revoke all on function pgscript_engine.value_at(jsonb, text[]) from public;
