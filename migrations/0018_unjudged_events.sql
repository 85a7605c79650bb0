-- Nearly every change of a watched table is an event with nothing out of the ordinary about it, which the statement
-- that makes it knows. Those have a part of the table to themselves, without the trigger that judges rows one by
-- one, and without the check of a row's partition that such a trigger brings along.

alter table pgscript.events rename to judged_events;
alter table pgscript.judged_events set schema pgscript_engine;
alter table pgscript_engine.judged_events
  drop constraint events_pkey,
  add column unjudged boolean not null default false,
  -- The same as now(), without the price of a function's call.
  alter column created_at set default current_timestamp;
-- Changes of watched tables have none: an index is paid by each write of the host's, and who looks for a type among
-- them looks through a tenant's newest.
alter index pgscript_engine.events_by_type rename to judged_events_by_type;
alter table pgscript_engine.events_other rename to judged_events_other;
do $$
declare
  week regclass;
begin
  for week in
    select child.inhrelid
    from pg_catalog.pg_inherits as child
    join pg_catalog.pg_class as class on class.oid = child.inhrelid
    where child.inhparent = 'pgscript_engine.judged_events'::regclass and class.relname ~ '^events_\d{4}w\d{2}$'
  loop
    execute format(
      'alter table %s rename to %I', week,
      'judged_' || (select class.relname from pg_catalog.pg_class as class where class.oid = week)
    );
  end loop;
end
$$;
-- What is granted to whom, and what runs after a statement, belongs to the whole.
drop trigger if exists fan_out on pgscript_engine.judged_events;
drop policy if exists tenant_isolation on pgscript_engine.judged_events;
drop policy if exists operator on pgscript_engine.judged_events;
drop policy if exists host on pgscript_engine.judged_events;
drop policy if exists host_publishes on pgscript_engine.judged_events;
drop policy if exists engine on pgscript_engine.judged_events;
revoke all on pgscript_engine.judged_events from pgscript_user, pgscript_operator, pgscript_integrator, pgscript_engine;
revoke all (tenant_key, type, payload, idempotency_key) on pgscript_engine.judged_events from pgscript_integrator;

create table pgscript.events (
  like pgscript_engine.judged_events including defaults including comments,
  primary key (tenant_id, id, unjudged)
) partition by list (unjudged);
alter table pgscript.events attach partition pgscript_engine.judged_events for values in (false);
comment on table pgscript.events is
  'Events that were published, accepted and refused; an INSERT of (tenant_key, type, payload) publishes one. Kept for 30 days.';
comment on column pgscript.events.unjudged is
  'Whether it is a change of a watched table with nothing out of the ordinary about it, which was stored without being judged by itself.';
comment on table pgscript_engine.judged_events is 'Events that were judged one by one.';
comment on table pgscript_engine.judged_events_other is 'Judged events of weeks without a partition; normally empty.';

create table pgscript_engine.unjudged_events partition of pgscript.events for values in (true) partition by range (id);
create table pgscript_engine.unjudged_events_other partition of pgscript_engine.unjudged_events default;
alter table pgscript_engine.judged_events enable row level security;
alter table pgscript_engine.judged_events force row level security;
alter table pgscript_engine.unjudged_events enable row level security;
alter table pgscript_engine.unjudged_events force row level security;
alter table pgscript_engine.unjudged_events_other enable row level security;
alter table pgscript_engine.unjudged_events_other force row level security;
comment on table pgscript_engine.unjudged_events is
  'Changes of watched tables with nothing out of the ordinary about them.';
comment on table pgscript_engine.unjudged_events_other is
  'Unjudged events of weeks without a partition; normally empty.';

-- As long as no script listens to a watched table, its changes are stored without a look at what comes of them.
alter table pgscript_engine.watched_tables add column is_heard boolean not null default true;
comment on column pgscript_engine.watched_tables.is_heard is
  'Whether some tenant may have more to do with its events than to store them: a script that listens, or a quota. It is not wrong to say so of too many.';
