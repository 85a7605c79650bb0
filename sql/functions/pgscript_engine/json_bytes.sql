create or replace function pgscript_engine.json_bytes(value jsonb)
  returns bigint
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- Where it is that large it takes more than this: a savepoint for each event would be dear.
  if pg_column_size(json_bytes.value) < 65536 and pg_column_compression(json_bytes.value) is null then
    return octet_length(json_bytes.value::text);
  end if;
  begin
    return octet_length(json_bytes.value::text);
  exception when program_limit_exceeded then
    return 1073741824;
  end;
end
$$;

comment on function pgscript_engine.json_bytes(jsonb) is
  'How many bytes a value has as JSON; a gigabyte where it is longer than PostgreSQL can say. What is stored tells nothing of it: a number such as 1e131000 takes 8 bytes and is written with 131,001 digits.';

alter function pgscript_engine.json_bytes(jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.json_bytes(jsonb) from public;
