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
drop function if exists pgscript_engine.record_check(uuid, uuid, integer, text, jsonb);

-- What an accepted version exports: checked against what others import of it.
alter table pgscript.version_checks add column exports text[];
comment on column pgscript.version_checks.exports is 'The names that an accepted version exports; null until it was judged.';

-- The libraries of a version, each pinned to a version of its own. Pins point only at versions that
-- were there before, so what is imported by what has no cycles.
create table pgscript.version_imports (
  tenant_id       uuid    not null,
  script_id       uuid    not null,
  version         integer not null,
  specifier       text    not null,
  library_id      uuid    not null,
  library_version integer not null,
  primary key (tenant_id, script_id, version, specifier),
  foreign key (tenant_id, script_id, version)
    references pgscript.script_versions (tenant_id, script_id, version) on delete restrict,
  foreign key (tenant_id, library_id, library_version)
    references pgscript.script_versions (tenant_id, script_id, version) on delete restrict,
  constraint version_imports_name_a_library check (specifier like 'pgscript:lib/%'),
  constraint version_imports_are_of_another_script check (script_id <> library_id)
);
-- Who depends on a library.
create index version_imports_of_library on pgscript.version_imports (tenant_id, library_id, library_version);
comment on table pgscript.version_imports is 'Which version of which library each version imports; written once, with its check.';
comment on column pgscript.version_imports.specifier is 'As the source says it: pgscript:lib/NAME.';

-- Four eyes, where a tenant wants them.
create table pgscript.version_approvals (
  tenant_id   uuid        not null,
  script_id   uuid        not null,
  version     integer     not null,
  approved_by uuid        not null,
  approved_at timestamptz not null default now(),
  primary key (tenant_id, script_id, version, approved_by),
  foreign key (tenant_id, script_id, version)
    references pgscript.script_versions (tenant_id, script_id, version) on delete restrict
);
comment on table pgscript.version_approvals is 'Who approved which version, for tenants whose setting approval asks for it.';
comment on column pgscript.version_approvals.approved_by is 'A user who is not the version''s author.';

insert into pgscript_engine.setting_definitions (name, kind, default_value, choices, operator_only, description) values
  ('approval', 'choice', '"none"', '["none", "flagged", "all"]', false,
   'Which versions a second person must approve before they can become active: none, those that the check flagged with warning or high, or all');
