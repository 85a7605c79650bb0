-- Scripts and their versions. A script's row holds what its author last saved; each change of
-- that content is snapshotted by a trigger into script_versions, by whatever client it came.
-- What runs is the active version, which only activate_script changes.

create table pgscript_engine.limit_definitions (
  name          text   not null primary key,
  default_value bigint not null,
  minimum       bigint not null,
  maximum       bigint not null,
  description   text   not null,
  constraint limit_definitions_default_lies_in_range check (default_value between minimum and maximum)
);

insert into pgscript_engine.limit_definitions (name, default_value, minimum, maximum, description) values
  ('wall_time_ms',  30000,     100, 900000,   'Time from the first line to the result'),
  ('cpu_time_ms',   10000,      50, 300000,   'Processor time of the script'),
  ('memory_mb',        64,      16, 512,      'Memory of the script, in its heap and outside'),
  ('source_bytes', 262144,       1, 1048576,  'Size of a script''s source'),
  ('input_bytes', 1048576,       2, 10485760, 'Size of an execution''s input as JSON'),
  ('output_bytes',1048576,       2, 10485760, 'Size of an execution''s output as JSON'),
  ('log_lines',      1000,       0, 1000,     'Log lines kept of an execution'),
  ('log_bytes',    262144,       0, 262144,   'Bytes of log kept of an execution'),
  ('api_calls',       100,       0, 10000,    'Calls of the script API in an execution'),
  ('concurrent_runs_per_script', 20, 1, 1000,  'Executions of one script that run at the same time, on all nodes'),
  ('concurrent_runs_per_tenant', 100, 1, 10000, 'Executions of one tenant that run at the same time, on all nodes'),
  ('retries',           3,       0, 20,       'Retries after the first attempt, where the script retries');

create table pgscript.scripts (
  tenant_id          uuid        not null references pgscript.tenants on delete restrict,
  id                 uuid        not null,
  name               text        not null,
  description        text        not null default '',
  type               text        not null,
  language           text        not null default 'javascript',
  source             text        not null,
  limits             jsonb       not null default '{}',
  retry              boolean,
  metadata           jsonb       not null default '{}',
  tags               text[]      not null default '{}',
  status             text        not null default 'draft',
  latest_version     integer     not null default 0,
  active_version     integer,
  change_description text,
  created_at         timestamptz not null default now(),
  created_by         uuid,
  updated_at         timestamptz not null default now(),
  updated_by         uuid,
  archived_at        timestamptz,
  primary key (tenant_id, id),
  constraint scripts_name_is_3_to_100_characters check (
    length(name) between 3 and 100 and name !~ '[[:cntrl:]]' and name = btrim(name)
  ),
  constraint scripts_description_is_at_most_2000_characters check (length(description) <= 2000),
  constraint scripts_type_is_known check (type in ('scheduled', 'http', 'event', 'one_off', 'embedded')),
  constraint scripts_language_is_known check (language in ('javascript', 'typescript')),
  constraint scripts_source_is_at_most_1_mb check (octet_length(source) <= 1048576),
  constraint scripts_status_is_known check (status in ('draft', 'active', 'paused', 'disabled', 'archived')),
  constraint scripts_run_a_version_once_out_of_draft check (
    status in ('draft', 'archived') or active_version is not null
  ),
  constraint scripts_active_version_exists check (active_version between 1 and latest_version),
  constraint scripts_archived_at_marks_the_archived check ((status = 'archived') = (archived_at is not null)),
  constraint scripts_limits_are_an_object check (jsonb_typeof(limits) = 'object'),
  constraint scripts_metadata_is_an_object_of_at_most_64_kb check (
    jsonb_typeof(metadata) = 'object' and octet_length(metadata::text) <= 65536
  ),
  constraint scripts_have_at_most_50_tags check (cardinality(tags) <= 50)
);
-- An archived script frees its name.
create unique index scripts_name_is_unique_among_living
  on pgscript.scripts (tenant_id, name) where status <> 'archived';

create table pgscript.script_versions (
  tenant_id          uuid        not null,
  script_id          uuid        not null,
  version            integer     not null,
  name               text        not null,
  description        text        not null,
  type               text        not null,
  language           text        not null,
  source             text        not null,
  limits             jsonb       not null,
  retry              boolean,
  metadata           jsonb       not null,
  tags               text[]      not null,
  change_description text,
  created_at         timestamptz not null default now(),
  created_by         uuid,
  primary key (tenant_id, script_id, version),
  foreign key (tenant_id, script_id) references pgscript.scripts (tenant_id, id) on delete restrict
);

alter table pgscript.scripts add constraint scripts_active_version_is_a_version
  foreign key (tenant_id, id, active_version)
  references pgscript.script_versions (tenant_id, script_id, version)
  deferrable initially deferred;

create table pgscript.version_checks (
  tenant_id  uuid        not null,
  script_id  uuid        not null,
  version    integer     not null,
  state      text        not null default 'unchecked',
  findings   jsonb       not null default '[]',
  checked_at timestamptz,
  primary key (tenant_id, script_id, version),
  foreign key (tenant_id, script_id, version)
    references pgscript.script_versions (tenant_id, script_id, version) on delete restrict,
  constraint version_checks_state_is_known check (state in ('unchecked', 'accepted', 'rejected')),
  constraint version_checks_checked_at_marks_the_checked check ((state = 'unchecked') = (checked_at is null)),
  constraint version_checks_findings_are_an_array check (jsonb_typeof(findings) = 'array')
);
-- What the nodes still have to judge; empty almost always.
create index version_checks_unchecked
  on pgscript.version_checks (tenant_id, script_id, version) where state = 'unchecked';

comment on table pgscript_engine.limit_definitions is 'Every limit a script runs under: default and range.';
comment on table pgscript.scripts is 'Scripts as last saved; what runs is active_version.';
comment on column pgscript.scripts.type is 'What triggers it: scheduled, http, event, one_off or embedded.';
comment on column pgscript.scripts.status is 'draft, active, paused, disabled or archived (final); only active scripts are triggered.';
comment on column pgscript.scripts.limits is 'Limits of its own, by name, within the tenant''s; absent: the tenant''s or the system default.';
comment on column pgscript.scripts.retry is 'Whether a failed attempt is followed by another; null: as its type does (event scripts retry, others do not).';
comment on column pgscript.scripts.latest_version is 'Number of the newest version; the next save that changes anything makes it one more.';
comment on column pgscript.scripts.active_version is 'The version that runs; null until one has been activated.';
comment on table pgscript.script_versions is 'Immutable snapshots of every change to a script.';
comment on table pgscript.version_checks is 'What a node found when it checked a version; only accepted versions can become active.';
