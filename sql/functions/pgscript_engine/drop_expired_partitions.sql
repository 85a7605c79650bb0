create or replace function pgscript_engine.drop_expired_partitions()
  returns integer
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
  -- A reader in a long transaction is not waited for, and nobody waits behind us: next time, then.
  set lock_timeout = '500ms'
as $$
declare
  expired record;
  dropped integer := 0;
begin
  for expired in
    select
      child.relname as partition,
      (regexp_match(child.relname, '_(\d+)$'))[1]::smallint as class,
      to_date((regexp_match(child.relname, '_(\d{4}w\d{2})'))[1], 'IYYY"w"IW') as week
    from pg_catalog.pg_class as child
    where child.relnamespace = 'pgscript_engine'::regnamespace
      and child.relkind = 'r'
      and child.relispartition
      and child.relname ~ '^execution_(history|log_batches|attempts)_\d{4}w\d{2}_(7|30|90|365)$'
    order by week, class, child.relname
  loop
    -- The youngest execution of the week is as old as its class allows.
    continue when expired.week + 7 + expired.class > (now() at time zone 'UTC')::date;
    begin
      execute format('drop table pgscript_engine.%I', expired.partition);
      if expired.class = 365 then
        -- Its longest class was the last of the week, whose own tables would pile up otherwise.
        execute format('drop table pgscript_engine.%I', regexp_replace(expired.partition, '_365$', ''));
      end if;
      perform pgscript_engine.forget_storage(expired.week, expired.class);
      dropped := dropped + 1;
    exception when lock_not_available then
      raise notice 'partition % is being read, it is dropped next time', expired.partition;
    end;
  end loop;
  for expired in
    select child.relname as partition
    from pg_catalog.pg_class as child
    where child.relnamespace = 'pgscript_engine'::regnamespace
      and child.relkind = 'r'
      and child.relispartition
      and child.relname ~ '^(judged_events|unjudged_events|event_deliveries)_\d{4}w\d{2}$'
      and to_date((regexp_match(child.relname, '_(\d{4}w\d{2})$'))[1], 'IYYY"w"IW') + 7 + 30 <= (now() at time zone 'UTC')::date
    order by child.relname
  loop
    begin
      execute format('drop table pgscript_engine.%I', expired.partition);
      dropped := dropped + 1;
    exception when lock_not_available then
      raise notice 'partition % is being read, it is dropped next time', expired.partition;
    end;
  end loop;
  return dropped;
end
$$;

comment on function pgscript_engine.drop_expired_partitions() is
  'Drops the partitions of executions, attempts and logs that are older than their retention class, and those of events older than 30 days; returns how many. One that is being read stays until the next call.';

-- Owned by the tables' owner, like ensure_partitions: only an owner can drop a partition.
alter function pgscript_engine.drop_expired_partitions() owner to pgscript_owner;
revoke all on function pgscript_engine.drop_expired_partitions() from public;
grant execute on function pgscript_engine.drop_expired_partitions() to pgscript_node;
