-- The ledger. An execution has one identity from its trigger to the archive:
--   live_executions    waits or runs; as small as the work in flight
--   execution_history  finished; insert-only, dropped by partition
-- and pgscript.executions is the view of both that everybody reads.

create table pgscript_engine.nodes (
  id              text        not null primary key,
  version         text        not null,
  roles           text[]      not null,
  capability_hash bytea       not null,
  asleep          boolean     not null default false,
  started_at      timestamptz not null default now(),
  seen_at         timestamptz not null default now(),
  -- Renewed with the leases; past it, the node is taken for lost.
  alive_until     timestamptz not null,
  constraint nodes_id_is_1_to_100_characters check (length(id) between 1 and 100),
  constraint nodes_capability_hash_is_unique unique (capability_hash),
  constraint nodes_capability_hash_is_sha256 check (length(capability_hash) = 32)
) with (fillfactor = 50);
-- The doorbell looks only for sleepers.
create index nodes_asleep on pgscript_engine.nodes (id) where asleep;

-- One row a tenant: locking it is the right to claim the tenant's work, or to reserve its slots, so
-- one transaction at a time can raise what runs. Its virtual time (claimed executions divided by
-- weight) keeps tenants' shares fair.
create table pgscript_engine.tenant_queues (
  tenant_id    uuid             not null primary key references pgscript.tenants on delete cascade,
  weight       real             not null default 1,
  virtual_time double precision not null default 0,
  max_running  integer          not null,
  constraint tenant_queues_weight_is_positive check (weight > 0 and weight <= 1000),
  constraint tenant_queues_max_running_is_positive check (max_running > 0)
) with (fillfactor = 50);

-- How much of a tenant and of a script runs or is reserved, across all nodes. Apart from the queue
-- rows, so that a node which takes something off never makes another one skip the tenant.
create table pgscript_engine.tenant_slots (
  tenant_id uuid    not null primary key references pgscript.tenants on delete cascade,
  running   integer not null default 0,
  constraint tenant_slots_running_is_not_negative check (running >= 0)
) with (fillfactor = 20);

create table pgscript_engine.script_slots (
  tenant_id   uuid    not null,
  script_id   uuid    not null,
  running     integer not null default 0,
  max_running integer not null,
  primary key (tenant_id, script_id),
  foreign key (tenant_id, script_id) references pgscript.scripts (tenant_id, id) on delete cascade,
  constraint script_slots_running_is_not_negative check (running >= 0),
  constraint script_slots_max_running_is_positive check (max_running > 0)
) with (fillfactor = 20);

-- Slots that a node has set aside for runs that do not queue. It admits within them in memory.
create table pgscript_engine.slot_leases (
  tenant_id  uuid        not null,
  script_id  uuid        not null,
  node_id    text        not null,
  slots      integer     not null,
  fence      bigint      not null,
  expires_at timestamptz not null,
  primary key (tenant_id, script_id, node_id),
  foreign key (tenant_id, script_id) references pgscript_engine.script_slots (tenant_id, script_id) on delete restrict,
  constraint slot_leases_hold_at_least_one check (slots > 0)
) with (fillfactor = 50);
create index slot_leases_by_expiry on pgscript_engine.slot_leases (expires_at);
create sequence pgscript_engine.slot_fences;

create table pgscript_engine.live_executions (
  tenant_id        uuid        not null references pgscript.tenants on delete cascade,
  id               uuid        not null,
  script_id        uuid        not null,
  version          integer     not null,
  -- Text, not an enum: comparing enums is not leakproof, and below a policy that costs the index.
  status           text        not null default 'pending',
  trigger_type     text        not null,
  priority         smallint    not null default 0,
  run_at           timestamptz not null default now(),
  attempt          smallint    not null default 0,
  max_attempts     smallint    not null default 1,
  takeovers        smallint    not null default 0,
  fence            integer     not null default 0,
  claimed_by       text,
  started_at       timestamptz,
  lease_expires_at timestamptz,
  retention_class  smallint    not null default 90,
  user_id          uuid,
  api_key_id       uuid,
  idempotency_key  text,
  -- The node on which somebody waits for the result, if any.
  awaited_by       text,
  cause            jsonb       not null default '{}',
  input            jsonb       not null,
  last_error       jsonb,
  created_at       timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, script_id, version)
    references pgscript.script_versions (tenant_id, script_id, version) on delete restrict,
  constraint live_executions_wait_or_run check (status in ('pending', 'running')),
  constraint live_executions_lease_only_while_running check (
    num_nonnulls(claimed_by, lease_expires_at, started_at) = case when status = 'running' then 3 else 0 end
  ),
  constraint live_executions_trigger_type_is_known check (
    trigger_type in ('cron', 'http', 'event', 'manual', 'api', 'script')
  ),
  constraint live_executions_retention_class_is_known check (retention_class in (7, 30, 90, 365)),
  constraint live_executions_attempt_is_counted_from_0 check (attempt >= 0 and takeovers >= 0 and fence >= 0)
) with (
  fillfactor = 70,
  -- The table turns over completely every few seconds under load: dead rows must go as fast.
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500,
  autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0.05
);
-- The claim steps through the lanes (script and priority) of a tenant, and in each by age: neither a
-- script at its limit nor work due later is ever read past. Partial, so running rows cost it nothing.
create index live_executions_due
  on pgscript_engine.live_executions (tenant_id, script_id, priority, run_at, id) where status = 'pending';
-- Which tenants have due work: stepped through a tenant at a time.
create index live_executions_due_tenants
  on pgscript_engine.live_executions (tenant_id, run_at) where status = 'pending';
-- The reaper looks at lost nodes' executions only.
create index live_executions_by_node
  on pgscript_engine.live_executions (claimed_by, lease_expires_at) where status = 'running';

-- Somebody asks to stop a running execution. A row of its own, for the asker's transaction may stay
-- open as long as it likes, and the node must be able to renew and to report meanwhile.
create table pgscript_engine.cancel_requests (
  tenant_id    uuid        not null references pgscript.tenants on delete cascade,
  execution_id uuid        not null,
  requested_at timestamptz not null default now(),
  primary key (tenant_id, execution_id)
);

create table pgscript_engine.execution_history (
  tenant_id       uuid        not null,
  id              uuid        not null,
  retention_class smallint    not null,
  script_id       uuid        not null,
  version         integer     not null,
  status          text        not null,
  trigger_type    text        not null,
  priority        smallint    not null,
  run_at          timestamptz not null,
  attempt         smallint    not null,
  takeovers       smallint    not null,
  node_id         text,
  user_id         uuid,
  api_key_id      uuid,
  idempotency_key text,
  cause           jsonb       not null,
  input           jsonb       not null,
  output          jsonb,
  error           jsonb,
  metrics         jsonb       not null default '{}',
  created_at      timestamptz not null,
  started_at      timestamptz,
  finished_at     timestamptz not null default now(),
  -- A key must hold the partition columns; the id alone is unique already.
  primary key (tenant_id, id, retention_class),
  constraint execution_history_is_final check (status in ('completed', 'failed', 'timeout', 'cancelled')),
  constraint execution_history_failures_say_why check ((status in ('failed', 'timeout')) <= (error is not null)),
  constraint execution_history_output_only_when_completed check ((output is not null) <= (status = 'completed'))
) partition by range (id);

-- The lists people filter by, newest first.
create index execution_history_by_script on pgscript_engine.execution_history (tenant_id, script_id, id);
create index execution_history_by_status on pgscript_engine.execution_history (tenant_id, status, id);
create index execution_history_by_trigger on pgscript_engine.execution_history (tenant_id, trigger_type, id);

-- Attempts that failed and were followed by another; the last attempt is the execution's own record.
create table pgscript_engine.execution_attempts (
  tenant_id       uuid        not null,
  execution_id    uuid        not null,
  retention_class smallint    not null,
  fence           integer     not null,
  attempt         smallint    not null,
  status          text        not null,
  node_id         text        not null,
  started_at      timestamptz not null,
  finished_at     timestamptz not null default now(),
  error           jsonb       not null,
  metrics         jsonb       not null,
  primary key (tenant_id, execution_id, retention_class, fence),
  constraint execution_attempts_status_is_a_failure check (status in ('failed', 'timeout'))
) partition by range (execution_id);

-- A batch of log lines a row: [{ "level", "at" (ms since the run began), "message", "fields"? }, …].
create table pgscript_engine.execution_log_batches (
  tenant_id       uuid     not null,
  execution_id    uuid     not null,
  retention_class smallint not null,
  -- The fence, for an attempt that was lost with its node is made again under the same number.
  fence           integer  not null,
  attempt         smallint not null,
  batch           integer  not null,
  lines           jsonb    not null,
  primary key (tenant_id, execution_id, retention_class, fence, batch),
  constraint execution_log_batches_lines_are_an_array check (jsonb_typeof(lines) = 'array')
) partition by range (execution_id);

-- Idempotency: the same key of a tenant names the same execution while the row is kept.
create table pgscript_engine.execution_keys (
  tenant_id    uuid        not null references pgscript.tenants on delete cascade,
  key          text        not null,
  execution_id uuid        not null,
  created_at   timestamptz not null default now(),
  primary key (tenant_id, key),
  constraint execution_keys_key_is_1_to_200_characters check (length(key) between 1 and 200)
);

comment on table pgscript_engine.nodes is 'Running pgscript processes, when each was last seen, and whether it sleeps until rung for.';
comment on table pgscript_engine.tenant_queues is 'The claim''s lock, fair-share clock and concurrency limit of each tenant.';
comment on table pgscript_engine.tenant_slots is 'How many executions of each tenant run or are reserved now.';
comment on table pgscript_engine.script_slots is 'How many executions of each script run or are reserved now, and how many may.';
comment on table pgscript_engine.slot_leases is 'Slots reserved by nodes for runs that do not queue, until they expire.';
comment on table pgscript_engine.execution_attempts is 'Failed attempts that were followed by another one.';
comment on table pgscript_engine.live_executions is 'Executions that wait or run, of every tenant.';
comment on column pgscript_engine.live_executions.priority is 'Higher goes first, within the tenant.';
comment on column pgscript_engine.live_executions.fence is 'Grows with every claim; a result that carries an older one is refused.';
comment on column pgscript_engine.live_executions.takeovers is 'How often a node or sandbox host was lost while it ran.';
comment on table pgscript_engine.cancel_requests is 'Running executions that somebody has asked to stop.';
comment on table pgscript_engine.execution_history is 'Finished executions; insert-only, partitioned by week of the id and by retention class.';
comment on table pgscript_engine.execution_log_batches is 'Log lines of executions, a batch a row.';
-- What a tenant has used, an hour a row; written by claims and completions, never by publishers.
create table pgscript_engine.tenant_usage (
  tenant_id  uuid        not null references pgscript.tenants on delete cascade,
  hour       timestamptz not null,
  executions bigint      not null default 0,
  primary key (tenant_id, hour),
  constraint tenant_usage_hour_is_a_full_one check (hour = date_trunc('hour', hour, 'UTC'))
) with (fillfactor = 50);

-- What a tenant's finished executions take up, by the partition they leave with.
create table pgscript_engine.tenant_storage (
  tenant_id       uuid     not null references pgscript.tenants on delete cascade,
  week            date     not null,
  retention_class smallint not null,
  bytes           bigint   not null default 0,
  primary key (tenant_id, week, retention_class)
) with (fillfactor = 50);

comment on table pgscript_engine.tenant_usage is 'Executions each tenant has started, by hour.';
comment on table pgscript_engine.tenant_storage is 'Bytes of input, output, error and logs kept of each tenant, by week of the execution.';
comment on table pgscript_engine.execution_keys is 'Idempotency keys and the executions they name.';

-- What enqueue_executions takes, an element an execution. Null priority, run_at and max_attempts
-- mean 0, now and 1.
create type pgscript_engine.execution_request as (
  tenant_id       uuid,
  script_id       uuid,
  version         integer,
  trigger_type    text,
  input           jsonb,
  priority        smallint,
  run_at          timestamptz,
  max_attempts    smallint,
  user_id         uuid,
  api_key_id      uuid,
  idempotency_key text,
  awaited_by      text,
  cause           jsonb
);
comment on type pgscript_engine.execution_request is 'An execution to be enqueued.';

-- Where a row goes whose week has no partition; stays empty while the partitions are kept up.
create table pgscript_engine.execution_history_other partition of pgscript_engine.execution_history default;
create table pgscript_engine.execution_log_batches_other partition of pgscript_engine.execution_log_batches default;
create table pgscript_engine.execution_attempts_other partition of pgscript_engine.execution_attempts default;
alter table pgscript_engine.execution_attempts_other enable row level security;
alter table pgscript_engine.execution_attempts_other force row level security;
comment on table pgscript_engine.execution_attempts_other is 'Attempts of weeks without a partition; normally empty.';
alter table pgscript_engine.execution_history_other enable row level security;
alter table pgscript_engine.execution_history_other force row level security;
alter table pgscript_engine.execution_log_batches_other enable row level security;
alter table pgscript_engine.execution_log_batches_other force row level security;
comment on table pgscript_engine.execution_history_other is 'Finished executions of weeks without a partition; normally empty.';
comment on table pgscript_engine.execution_log_batches_other is 'Logs of weeks without a partition; normally empty.';
