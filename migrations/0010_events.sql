-- Events. An insert into pgscript.events is the whole interface: in the publisher's transaction the
-- event is judged, matched with the subscriptions of its tenant's active scripts, and becomes one
-- execution for each that it matches.

create table pgscript.events (
  tenant_id          uuid        not null,
  -- Its default, a UUIDv7, is set with the triggers: functions come after migrations.
  id                 uuid        not null,
  -- What a publisher names the tenant by; tenant_id is found from it.
  tenant_key         text        not null,
  type               text        not null,
  payload            jsonb       not null default '{}',
  idempotency_key    text,
  status             text        not null default 'accepted',
  refused_code       text,
  refused_reason     text,
  -- Who published it. A client of the table itself has no right on this column, so cannot claim another.
  source             text        not null default 'sql',
  published_by       text        not null default current_user,
  user_id            uuid,
  api_key_id         uuid,
  -- Of an event that an execution published: which, and how many came before it in the chain.
  cause_execution_id uuid,
  depth              smallint    not null default 0,
  created_at         timestamptz not null default now(),
  primary key (tenant_id, id),
  constraint events_status_is_known check (status in ('accepted', 'refused')),
  constraint events_refused_say_why check (
    num_nonnulls(refused_code, refused_reason) = case when status = 'refused' then 2 else 0 end
  ),
  constraint events_source_is_known check (source in ('sql', 'api', 'script', 'watch', 'engine')),
  constraint events_depth_is_not_negative check (depth >= 0)
) partition by range (id);
create index events_by_type on pgscript.events (tenant_id, type, id);
create table pgscript_engine.events_other partition of pgscript.events default;
alter table pgscript_engine.events_other enable row level security;
alter table pgscript_engine.events_other force row level security;
comment on table pgscript.events is
  'Events that were published, accepted and refused; an INSERT of (tenant_key, type, payload) publishes one. Kept for 30 days.';
comment on table pgscript_engine.events_other is 'Events of weeks without a partition; normally empty.';
comment on column pgscript.events.status is 'accepted, or refused with the reason beside it: then no script got it.';
comment on column pgscript.events.source is 'How it came: sql, api, script, watch (a watched table) or engine (life cycle).';
comment on column pgscript.events.depth is 'How many executions and events caused each other before it; 16 at most.';

-- Without a tenant there is nobody but the operator to see them.
create table pgscript.refused_events (
  id           uuid        not null primary key,
  tenant_key   text        not null,
  type         text        not null,
  payload      jsonb       not null,
  reason       text        not null,
  source       text        not null,
  published_by text        not null,
  created_at   timestamptz not null default now()
);
comment on table pgscript.refused_events is 'Events for tenants that do not exist; kept for 30 days, for the operator.';

-- Idempotency: the same key of a tenant names the same event while the row is kept.
create table pgscript_engine.event_keys (
  tenant_id  uuid        not null references pgscript.tenants on delete cascade,
  key        text        not null,
  event_id   uuid        not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, key)
);
create index event_keys_by_age on pgscript_engine.event_keys (created_at);
comment on table pgscript_engine.event_keys is 'Idempotency keys of events and the events they name.';

-- What the fan-out reads: one row for each type that an active script's version names.
create table pgscript_engine.subscriptions (
  tenant_id    uuid     not null,
  script_id    uuid     not null,
  pattern      text     not null,
  filter       jsonpath,
  version      integer  not null,
  max_attempts smallint not null,
  primary key (tenant_id, pattern, script_id),
  foreign key (tenant_id, script_id) references pgscript.scripts (tenant_id, id) on delete cascade,
  constraint subscriptions_allow_an_attempt check (max_attempts >= 1)
);
create index subscriptions_by_script on pgscript_engine.subscriptions (tenant_id, script_id);
comment on table pgscript_engine.subscriptions is
  'Which active scripts get which events; follows the active versions.';
comment on column pgscript_engine.subscriptions.pattern is 'A type, a prefix with .* or a single *.';

create table pgscript_engine.event_deliveries (
  tenant_id    uuid not null,
  event_id     uuid not null,
  script_id    uuid not null,
  execution_id uuid not null,
  primary key (tenant_id, event_id, script_id)
) partition by range (event_id);
create table pgscript_engine.event_deliveries_other partition of pgscript_engine.event_deliveries default;
alter table pgscript_engine.event_deliveries_other enable row level security;
alter table pgscript_engine.event_deliveries_other force row level security;
comment on table pgscript_engine.event_deliveries is 'Which script got which event, and in which execution: one for each event and script.';
comment on table pgscript_engine.event_deliveries_other is 'Deliveries of weeks without a partition; normally empty.';

-- The catalogue, of the platform: what it publishes, for every tenant.
create table pgscript.event_types (
  type        text        not null primary key,
  schema      jsonb,
  description text        not null default '',
  is_strict   boolean     not null default false,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  constraint event_types_type_is_dotted_lower_case check (
    length(type) between 1 and 200 and type ~ '^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$'
  ),
  constraint event_types_schema_is_an_object check (jsonb_typeof(schema) in ('object', 'boolean')),
  constraint event_types_strict_ones_have_a_schema check (not is_strict or schema is not null),
  constraint event_types_description_is_at_most_2000_characters check (length(description) <= 2000)
);
comment on table pgscript.event_types is 'The platform''s event types: what their payload is, for editors, and where strict for the check on publish.';

-- A table's owner is under its policies too, and has none.
alter table pgscript_engine.limit_definitions no force row level security;
insert into pgscript_engine.limit_definitions (name, default_value, minimum, maximum, description) values
  ('causation_depth', 16, 1, 16, 'How many events and executions may cause each other in a row');
alter table pgscript_engine.limit_definitions force row level security;

-- What has failed for good and was nobody's to wait for: of an event, or of a script that retries.
create table pgscript.dead_letters (
  tenant_id    uuid        not null,
  execution_id uuid        not null,
  script_id    uuid        not null,
  version      integer     not null,
  trigger_type text        not null,
  event_id     uuid,
  event_type   text,
  cause        jsonb       not null,
  input        jsonb       not null,
  -- What a person made of the input; the next redrive takes it.
  edited_input jsonb,
  error        jsonb       not null,
  fingerprint  text        not null,
  attempts     smallint    not null,
  failed_at    timestamptz not null default now(),
  status       text        not null default 'open',
  redriven_as  uuid,
  resolved_at  timestamptz,
  resolved_by  uuid,
  primary key (tenant_id, execution_id),
  foreign key (tenant_id, script_id, version)
    references pgscript.script_versions (tenant_id, script_id, version) on delete restrict,
  constraint dead_letters_status_is_known check (status in ('open', 'redriven', 'discarded')),
  constraint dead_letters_redriven_ones_name_the_execution check ((status = 'redriven') = (redriven_as is not null)),
  constraint dead_letters_resolved_at_marks_the_resolved check ((status <> 'open') = (resolved_at is not null))
);
create index dead_letters_open on pgscript.dead_letters (tenant_id, fingerprint, execution_id) where status = 'open';
create index dead_letters_resolved on pgscript.dead_letters (resolved_at) where status <> 'open';
comment on table pgscript.dead_letters is
  'Executions of events, and of scripts that retry, that have failed for good; kept until resolved and 30 days more.';
comment on column pgscript.dead_letters.fingerprint is 'The same for failures of one script that look alike: code, type, and message without its numbers and names.';
comment on column pgscript.dead_letters.redriven_as is 'The execution that ran it again.';

-- Tables of the host that are followed: their row changes become events, or keep tenants in step. What the
-- triggers run is made here, by the engine, from the catalog; nothing that a trigger's creator could write.
create table pgscript_engine.watched_tables (
  relation      regclass    not null,
  purpose       text        not null,
  tenant_column text        not null,
  name_column   text,
  event_type    text,
  columns       text[],
  update_of     text[],
  -- The trigger function that was made for it, in pgscript_engine.
  routine       text        not null,
  -- How many columns the table had when the statements were made; another number means making them again.
  column_count  smallint    not null,
  on_insert     text        not null,
  on_update     text        not null,
  on_delete     text        not null,
  created_by    text        not null,
  created_at    timestamptz not null default now(),
  primary key (relation, purpose),
  constraint watched_tables_purpose_is_known check (purpose in ('events', 'tenants')),
  constraint watched_tables_events_have_a_type check ((purpose = 'events') = (event_type is not null)),
  constraint watched_tables_tenants_have_a_name check ((purpose = 'tenants') = (name_column is not null))
);
comment on table pgscript_engine.watched_tables is 'Tables of the host whose changes become events, or keep tenants in step.';
