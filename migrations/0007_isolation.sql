-- How a tenant's executions are kept apart, and V8's compiled form of large scripts.

insert into pgscript_engine.setting_definitions (name, kind, default_value, choices, operator_only, description) values
  ('isolation', 'choice', '"realm"', '["realm", "context", "isolate"]', false,
   'What executions of the tenant share: realm (an isolate and its frozen built-in objects; fastest), context (an isolate), isolate (nothing)'),
  ('shared_isolates', 'boolean', 'false', null, false,
   'Whether executions may run at once in one isolate, with isolation realm: denser; memory is then counted for all of them together, and one that must be ended by force takes the others along'),
  ('allow_code_generation', 'boolean', 'false', null, true,
   'Whether eval and Function work; needs isolation context or isolate');

-- Written by nodes only, and made by a process of theirs that runs no scripts: V8 believes it.
create table pgscript_engine.code_cache (
  tenant_id uuid        not null,
  script_id uuid        not null,
  version   integer     not null,
  -- Release, flags and processor: for any other V8 it is worthless.
  engine    text        not null,
  -- Of the very code: V8 itself compares only its length.
  code_hash bytea       not null,
  compiled  bytea       not null,
  used_at   timestamptz not null default now(),
  primary key (tenant_id, script_id, version, engine),
  foreign key (tenant_id, script_id, version)
    references pgscript.script_versions (tenant_id, script_id, version) on delete cascade,
  constraint code_cache_engine_is_1_to_200_characters check (length(engine) between 1 and 200),
  constraint code_cache_code_hash_is_sha256 check (length(code_hash) = 32),
  constraint code_cache_compiled_is_1_byte_to_1_mb check (length(compiled) between 1 and 1048576)
);
-- What has not been used for longest goes first.
create index code_cache_by_use on pgscript_engine.code_cache (used_at);

comment on table pgscript_engine.code_cache is
  'V8''s compiled form of large scripts, for nodes that have not run them yet; may be emptied at any time.';
