create or replace function pgscript_engine.ensure_partitions(weeks_ahead integer default 4)
  returns integer
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
  -- A new partition needs its parent to itself: readers and completions would queue behind a wait for one.
  set lock_timeout = '500ms'
as $$
declare
  -- A UUIDv7's first 48 bits are its millisecond, so a moment's smallest id bounds a range by time.
  first_week timestamptz := date_trunc('week', now(), 'UTC');
  parent text;
  week_start timestamptz;
  week_table text;
  class smallint;
  classes smallint[];
  made integer := 0;
begin
  foreach parent in array array[
    'pgscript_engine.execution_history', 'pgscript_engine.execution_log_batches', 'pgscript_engine.execution_attempts',
    'pgscript_engine.judged_events', 'pgscript_engine.unjudged_events', 'pgscript_engine.event_deliveries'
  ] loop
    -- Events are kept for one time by all tenants.
    classes := case when split_part(parent, '.', 2) like 'execution%' then array[7, 30, 90, 365] else '{}' end;
    for week in 0 .. ensure_partitions.weeks_ahead loop
      week_start := first_week + week * interval '7 days';
      week_table := format('%s_%s', split_part(parent, '.', 2), to_char(week_start at time zone 'UTC', 'IYYY"w"IW'));
      continue when to_regclass('pgscript_engine.' || week_table) is not null;

      begin
        execute format(
          'create table pgscript_engine.%I partition of %s for values from (%L) to (%L) %s', week_table, parent,
          pgscript_engine.first_id(week_start), pgscript_engine.first_id(week_start + interval '7 days'),
          case when classes <> '{}' then 'partition by list (retention_class)' end
        );
        execute format('alter table pgscript_engine.%I enable row level security', week_table);
        execute format('alter table pgscript_engine.%I force row level security', week_table);
        foreach class in array classes loop
          execute format(
            'create table pgscript_engine.%I partition of pgscript_engine.%I for values in (%s)',
            week_table || '_' || class, week_table, class
          );
          execute format('alter table pgscript_engine.%I enable row level security', week_table || '_' || class);
          execute format('alter table pgscript_engine.%I force row level security', week_table || '_' || class);
        end loop;
        made := made + 1;
      exception
        when lock_not_available then
          raise notice 'partition % waits for a reader, it is made next time', week_table;
          exit;
        when check_violation then
          -- Nobody made it in time; what has been written since stays in the default partition.
          raise warning 'partition % cannot be made: its week has begun without it', week_table;
      end;
    end loop;
  end loop;
  return made;
end
$$;

comment on function pgscript_engine.ensure_partitions(integer) is
  'Makes the weekly partitions of the history, the logs and the events, this week and those ahead; returns how many weeks it made.';

-- The one definer function that the engine does not own: only a table's owner can add a partition.
-- It takes no text from its caller and reads no row.
alter function pgscript_engine.ensure_partitions(integer) owner to pgscript_owner;
revoke all on function pgscript_engine.ensure_partitions(integer) from public;
grant execute on function pgscript_engine.ensure_partitions(integer) to pgscript_node;
