-- What the ledger costs: limits apart from counters, narrower indexes, and a key that nobody needs.

-- Limits are changed in transactions that may stay open for as long as they like; counters are locked by
-- every claim and completion. In one row, the one would hold up the other.
create table pgscript_engine.tenant_limits (
  tenant_id   uuid    not null primary key references pgscript.tenants on delete cascade,
  max_running integer not null,
  weight      real    not null default 1,
  constraint tenant_limits_max_running_is_positive check (max_running > 0),
  constraint tenant_limits_weight_is_positive check (weight > 0 and weight <= 1000)
);
create table pgscript_engine.script_limits (
  tenant_id   uuid    not null,
  script_id   uuid    not null,
  max_running integer not null,
  primary key (tenant_id, script_id),
  foreign key (tenant_id, script_id) references pgscript.scripts (tenant_id, id) on delete cascade,
  constraint script_limits_max_running_is_positive check (max_running > 0)
);
-- A table's owner is under its policies too, and has none.
alter table pgscript_engine.tenant_queues no force row level security;
alter table pgscript_engine.script_slots no force row level security;
insert into pgscript_engine.tenant_limits (tenant_id, max_running, weight)
select queue.tenant_id, queue.max_running, queue.weight from pgscript_engine.tenant_queues as queue;
insert into pgscript_engine.script_limits (tenant_id, script_id, max_running)
select slots.tenant_id, slots.script_id, slots.max_running from pgscript_engine.script_slots as slots;
alter table pgscript_engine.tenant_queues force row level security;
alter table pgscript_engine.script_slots force row level security;
alter table pgscript_engine.tenant_queues drop column max_running, drop column weight;
alter table pgscript_engine.script_slots drop column max_running;

comment on table pgscript_engine.tenant_queues is 'The claim''s lock and fair-share clock of each tenant.';
comment on table pgscript_engine.script_slots is 'How many executions of each script run or are reserved now.';
comment on table pgscript_engine.tenant_limits is 'How many executions of each tenant may run at once, and its share of the nodes.';
comment on table pgscript_engine.script_limits is 'How many executions of each script may run at once.';

-- The end of the lease is in no index, so that renewing it writes the row alone.
drop index pgscript_engine.live_executions_by_node;
create index live_executions_by_node
  on pgscript_engine.live_executions (claimed_by) where status = 'running';

-- A version belongs to a script, and that to a tenant: one reference says it all, and each costs
-- a publisher a look-up and a lock on a row that all publishers of the tenant share.
alter table pgscript_engine.live_executions drop constraint live_executions_tenant_id_fkey;

-- Their results carry the row's whole key now.
drop function if exists pgscript_engine.archive_executions(uuid[], uuid[], text[], jsonb[], jsonb[], jsonb[], jsonb[]);
drop function if exists pgscript_engine.claim_for_tenant(uuid, text, integer, interval);
drop function if exists pgscript_engine.due_executions(uuid, integer);
drop function if exists pgscript_engine.lock_due_queues(integer, uuid[]);

-- Events of tenants that have a quota of them. Several rows a minute: a publisher adds to one that nobody
-- holds, or makes another, so that none waits for another's transaction.
create table pgscript_engine.event_usage (
  tenant_id uuid        not null references pgscript.tenants on delete cascade,
  minute    timestamptz not null,
  part      uuid        not null,
  events    bigint      not null,
  primary key (tenant_id, minute, part),
  constraint event_usage_minute_is_a_full_one check (minute = date_trunc('minute', minute, 'UTC'))
) with (fillfactor = 20);
comment on table pgscript_engine.event_usage is 'Events that each tenant with a quota of them has published, by minute; an hour is kept.';

comment on column pgscript.tenants.quotas is 'executions_per_hour, events_per_minute and stored_bytes; what exceeds one is refused.';
