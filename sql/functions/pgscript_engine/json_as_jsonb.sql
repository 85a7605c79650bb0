create or replace function pgscript_engine.json_as_jsonb(value anyelement)
  returns jsonb
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- A savepoint for each row is dear, so only where it may be needed.
  if value::text !~* '\\u(0000|d[89a-f])|[0-9]e[-+]?[0-9]{3}' and octet_length(value::text) < 100000 then
    return to_jsonb(value);
  end if;
  begin
    return to_jsonb(value);
  exception when data_exception or program_limit_exceeded then
    return to_jsonb(value::text);
  end;
end
$$;

comment on function pgscript_engine.json_as_jsonb(anyelement) is
  'A value of type json as jsonb; as text where jsonb cannot hold it: a NUL character, half of a surrogate pair, a number beyond numeric.';

alter function pgscript_engine.json_as_jsonb(anyelement) owner to pgscript_engine;
revoke all on function pgscript_engine.json_as_jsonb(anyelement) from public;
