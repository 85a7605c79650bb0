-- From an INSERT to executions: each row is judged before it is stored, and what was accepted fans out
-- once a statement, in the publisher's transaction. Nothing of it may raise for a reason of policy: the
-- publisher is a host's transaction, which must not die of a tenant's quota. Ordinary changes of watched tables are
-- judged by the statement that makes them, as a set, and are stored where no trigger judges.

-- Functions come after migrations, so the default is set here.
alter table pgscript.events alter column id set default pgscript.uuid_v7();

create or replace function pgscript_engine.judge_event()
  returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  is_ordinary boolean;
  tenant_status text;
  tenant_limits jsonb;
  tenant_quotas jsonb;
  own_depth jsonb;
  fault text[];
  is_known boolean;
begin
  select
    found.id, found.event_topics && array['*', split_part(new.type, '.', 1)],
    found.events_are_plain and not exists (
      select from pgscript.event_types as known where known.type = new.type and known.is_strict
    )
  into new.tenant_id, new.may_fan_out, is_ordinary
  from pgscript.tenants as found where found.key = new.tenant_key;
  if new.tenant_id is null then
    -- Only who may publish for every tenant learns that there is none of that key. A client of the table
    -- cannot write the source; whoever else inserts has asked for the right already.
    if new.source = 'sql' and not pgscript_engine.may_publish_for_all() then
      -- The policy says no to this one as to any other that is not theirs: which of them it was is not told.
      new.tenant_id := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
      return new;
    end if;
    insert into pgscript.refused_events (id, tenant_key, type, payload, reason, source, published_by)
    values (
      new.id, left(coalesce(new.tenant_key, ''), 200), left(coalesce(new.type, ''), 200),
      case when coalesce(pgscript_engine.json_bytes(new.payload), 0) <= 1048576 then coalesce(new.payload, 'null') else '"too large"' end,
      'There is no tenant with this key.', new.source, new.published_by
    );
    return null;
  end if;
  -- What is ordinary is let through here: a call costs more than all of these looks.
  if (
    is_ordinary and new.idempotency_key is null
    -- Few bytes of it may be much as JSON, which is what it is claimed as: more than PostgreSQL can say at all.
    and pg_column_compression(new.payload) is null and pg_column_size(new.payload) <= 60000
    and octet_length(new.payload::text) <= 60000
    and (new.source = 'api' or new.source = 'sql' and nullif(current_setting('pgscript.context', true), '') is null)
    and new.type ~ '^[a-oq-z][a-z0-9_]*(\.[a-z0-9_]+){0,5}$' and length(new.type) <= 200
  ) is not true then
    new.payload := coalesce(new.payload, 'null');
    select found.status, found.limits, found.quotas into tenant_status, tenant_limits, tenant_quotas
    from pgscript.tenants as found where found.id = new.tenant_id;
    -- Quotas are asked once a statement, also of what nobody listens to.
    new.may_fan_out := new.may_fan_out or tenant_quotas <> '{}';
    -- What follows a script's write, in a watched table or by a trigger of the host's, is one more in the chain of
    -- what caused it, so that a loop comes to its end.
    if new.source in ('sql', 'watch') and coalesce(current_setting('pgscript.context', true), '') <> '' then
      select found.execution_id, found.depth into new.cause_execution_id, new.depth
      from pgscript_engine.causing_execution() as found;
    end if;
    -- How deep a chain may go is the publishing script's limit as well.
    if new.cause_execution_id is not null then
      select pgscript_engine.effective_limits(tenant_limits, snapshot.limits) -> 'causation_depth' into own_depth
      from pgscript_engine.live_executions as execution
      join pgscript.script_versions as snapshot
        on snapshot.tenant_id = execution.tenant_id and snapshot.script_id = execution.script_id
        and snapshot.version = execution.version
      where execution.tenant_id = new.tenant_id and execution.id = new.cause_execution_id
        and snapshot.limits ? 'causation_depth';
      if found then
        tenant_limits := tenant_limits || jsonb_build_object('causation_depth', own_depth);
      end if;
    end if;
    fault := pgscript_engine.event_fault(
      tenant_status, new.type, new.payload, new.idempotency_key, new.source, new.depth, tenant_limits
    );
  end if;
  if new.idempotency_key is not null then
    -- Whose policy says no anyway is told nothing of others' keys, and does not wait for them.
    if new.source = 'sql' and new.tenant_id is distinct from pgscript.current_tenant_id()
      and not pgscript_engine.may_publish_for_all()
      and not exists (select from pgscript_engine.host_tenants() as granted (id) where granted.id = new.tenant_id)
    then
      return new;
    end if;
    if fault is null then
      insert into pgscript_engine.event_keys (tenant_id, key, event_id)
      values (new.tenant_id, new.idempotency_key, new.id)
      on conflict do nothing;
      is_known := not found;
    else
      is_known := exists (
        select from pgscript_engine.event_keys as known
        where known.tenant_id = new.tenant_id and known.key = new.idempotency_key
      );
    end if;
    -- It has been published before, and what was accepted then is not refused now.
    if is_known then
      return null;
    end if;
  end if;
  if fault is not null then
    new.status := 'refused';
    new.may_fan_out := false;
    new.refused_code := fault[1];
    new.refused_reason := fault[2];
    new.type := left(coalesce(new.type, ''), 200);
    new.idempotency_key := left(new.idempotency_key, 200);
    if fault[1] = 'payload_too_large' or pgscript_engine.json_bytes(new.payload) > 1048576 then
      new.payload := jsonb_build_object(
        'truncated',
        case when pgscript_engine.json_bytes(new.payload) <= 16777216 then left(new.payload::text, 1000) else '' end
      );
    end if;
  end if;
  return new;
end
$$;
comment on function pgscript_engine.judge_event() is
  'Finds an event''s tenant and decides whether it is accepted; one that was published before under its idempotency key is dropped, one for an unknown tenant goes to refused_events.';
alter function pgscript_engine.judge_event() owner to pgscript_engine;
revoke all on function pgscript_engine.judge_event() from public;
-- A new partition gets its parent's triggers, and making one needs this right of the table's owner.
grant execute on function pgscript_engine.judge_event() to pgscript_owner;

create or replace function pgscript_engine.fan_out_events()
  returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
  -- Subscriptions and tenants are found by key, whatever the statistics of an empty table say. They are not joined
  -- either: however many events the statement had for which a session has planned once, a plan that reads all
  -- tenants for ten thousand events would do so for each single one after.
  set enable_seqscan = off
as $$
declare
  over_quota uuid[];
begin
  -- Most events are nobody's, and what it takes to know that is one small statement: to start a statement, or to
  -- give a variable its first value, costs more than to look at the rows.
  perform from new_events as event where event.may_fan_out;
  if not found then
    return new;
  end if;
  over_quota := '{}';

  if exists (
    select from new_events as event
    where event.may_fan_out and (select tenant.quotas <> '{}' from pgscript.tenants as tenant where tenant.id = event.tenant_id)
  ) then
    select pgscript_engine.refuse_over_quota(array_agg(event.tenant_id), array_agg(event.id)) into over_quota
    from new_events as event
    where event.may_fan_out and (select tenant.quotas <> '{}' from pgscript.tenants as tenant where tenant.id = event.tenant_id);
  end if;

  with execution as materialized (
    select pgscript.uuid_v7() as id, matched.*
    from (
      -- One for a script, however many of its patterns match; in the order of the events.
      select distinct on (event.id, subscriber.script_id)
        event.id as event_id, event.tenant_id, event.type, event.payload, event.user_id, event.api_key_id, event.depth,
        (select tenant.retention_days from pgscript.tenants as tenant where tenant.id = event.tenant_id) as retention_days,
        subscriber.*
      from new_events as event
      cross join lateral pgscript_engine.matching_subscriptions(event.tenant_id, event.type, event.payload) as subscriber
      where event.may_fan_out and event.id <> all (over_quota)
      order by event.id, subscriber.script_id
    ) as matched
  ),
  delivered as (
    insert into pgscript_engine.event_deliveries (tenant_id, event_id, script_id, execution_id)
    select execution.tenant_id, execution.event_id, execution.script_id, execution.id from execution
  )
  insert into pgscript_engine.live_executions (
    tenant_id, id, script_id, version, trigger_type, max_attempts, user_id, api_key_id, cause, input, retention_class
  )
  select
    execution.tenant_id, execution.id, execution.script_id, execution.version, 'event', execution.max_attempts,
    execution.user_id, execution.api_key_id,
    jsonb_build_object(
      'event', jsonb_build_object('id', execution.event_id, 'type', execution.type), 'depth', execution.depth + 1
    ),
    execution.payload, execution.retention_days
  from execution;

  -- As ring_doorbell does, without the price of its call.
  if found and exists (select from pgscript_engine.nodes as node where node.asleep)
    and coalesce(current_setting('pgscript.doorbell', true), '') <> 'off'
  then
    perform pg_notify('pgscript_work', '');
  end if;
  return null;
end
$$;
comment on function pgscript_engine.fan_out_events() is
  'Makes an execution for each accepted event of the statement and each active script that subscribes to it.';
alter function pgscript_engine.fan_out_events() owner to pgscript_engine;
revoke all on function pgscript_engine.fan_out_events() from public;

create or replace trigger judge_event before insert on pgscript_engine.judged_events
  for each row execute function pgscript_engine.judge_event();

create or replace trigger fan_out after insert on pgscript.events
  referencing new table as new_events
  for each statement execute function pgscript_engine.fan_out_events();
