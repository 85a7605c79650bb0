create or replace function pgscript_engine.check_script_configuration(
  config jsonb, input_schema jsonb, output_schema jsonb
)
  returns void
  language plpgsql immutable
  set search_path = pg_catalog, pg_temp
as $$
declare
  fault text[];
begin
  fault := case
    when jsonb_typeof(config) <> 'object' or octet_length(config::text) > 65536
      then array['invalid_config', 'config', 'must be an object of at most 64 KB as JSON']
    when jsonb_typeof(input_schema) not in ('object', 'boolean', 'null') or octet_length(input_schema::text) > 65536
      then array['invalid_input_schema', 'input_schema', 'must be a JSON Schema (an object) of at most 64 KB, or JSON null for none']
    when jsonb_typeof(output_schema) not in ('object', 'boolean', 'null') or octet_length(output_schema::text) > 65536
      then array['invalid_output_schema', 'output_schema', 'must be a JSON Schema (an object) of at most 64 KB, or JSON null for none']
  end;
  if fault is not null then
    raise exception using
      errcode = 'PS422', constraint = fault[1], column = fault[2],
      message = fault[2] || ': ' || fault[3] || '.';
  end if;
end
$$;

comment on function pgscript_engine.check_script_configuration(jsonb, jsonb, jsonb) is
  'Raises unless a script''s trigger configuration and schemas are of the right kind and size; what they say is judged by a node.';

alter function pgscript_engine.check_script_configuration(jsonb, jsonb, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.check_script_configuration(jsonb, jsonb, jsonb) from public;
