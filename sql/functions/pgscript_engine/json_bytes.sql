create or replace function pgscript_engine.json_bytes(value jsonb)
  returns bigint
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
declare
  digits bigint;
begin
  -- A number takes 12 bytes at least and 147,456 characters at most, so this is below a hundred megabytes.
  if pg_column_size(json_bytes.value) < 8192 and pg_column_compression(json_bytes.value) is null then
    return octet_length(json_bytes.value::text);
  end if;
  begin
    -- To compare numbers costs nothing beside writing them; what is no number is not comparable.
    digits := 10000 * jsonb_array_length(
      jsonb_path_query_array(json_bytes.value, 'strict $.** ? (@ >= 1e10000 || @ <= -1e10000)')
    );
    return case when digits > 16777216 then digits else octet_length(json_bytes.value::text) end;
  exception
    -- Too deep to look into, and not to write; one of the class below, so it comes first.
    when statement_too_complex then
      return octet_length(json_bytes.value::text);
    when program_limit_exceeded then
      return 1073741824;
  end;
end
$$;

comment on function pgscript_engine.json_bytes(jsonb) is
  'How many bytes a value has as JSON; where very large numbers take it beyond 16 MB, which is more than any limit, how many it has at least. What is stored tells nothing of it: a number such as 1e131000 takes 8 bytes and is written with 131,001 digits, which can be longer than PostgreSQL can say.';

alter function pgscript_engine.json_bytes(jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.json_bytes(jsonb) from public;
