-- What triggers a script, and what may go in and come out of it, belong to its content: they are
-- snapshotted with every version, and a version runs under those that it was saved with.
alter table pgscript.scripts
  add column config        jsonb not null default '{}',
  add column input_schema  jsonb,
  add column output_schema jsonb,
  add constraint scripts_config_is_an_object_of_at_most_64_kb check (
    jsonb_typeof(config) = 'object' and octet_length(config::text) <= 65536
  ),
  -- A JSON Schema is an object, or true or false.
  add constraint scripts_input_schema_is_a_schema_of_at_most_64_kb check (
    jsonb_typeof(input_schema) in ('object', 'boolean') and octet_length(input_schema::text) <= 65536
  ),
  add constraint scripts_output_schema_is_a_schema_of_at_most_64_kb check (
    jsonb_typeof(output_schema) in ('object', 'boolean') and octet_length(output_schema::text) <= 65536
  );

alter table pgscript.script_versions
  add column config        jsonb not null default '{}',
  add column input_schema  jsonb,
  add column output_schema jsonb;

comment on column pgscript.scripts.config is 'Trigger configuration, by what the type needs: of a scheduled script its cron expression and zone, of an http script its path and methods, of an event script its event types.';
comment on column pgscript.scripts.input_schema is 'JSON Schema that an input must match before the script runs; null: anything.';
comment on column pgscript.scripts.output_schema is 'JSON Schema that an output must match for the execution to be completed; null: anything.';
comment on column pgscript.script_versions.config is 'Trigger configuration of this version.';
comment on column pgscript.script_versions.input_schema is 'JSON Schema of this version''s input.';
comment on column pgscript.script_versions.output_schema is 'JSON Schema of this version''s output.';

-- These have more parameters or columns now.
drop function if exists pgscript.save_script(text, text, text, text, text, text, jsonb, jsonb, text[], text, integer, boolean);
drop function if exists pgscript_engine.load_version(text, uuid, uuid, integer);
drop function if exists pgscript_engine.unchecked_versions(text, integer);
