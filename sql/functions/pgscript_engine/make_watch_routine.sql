-- What it once was.
drop function if exists pgscript_engine.make_watch_routine(pgscript_engine.watched_tables);
create or replace function pgscript_engine.make_watch_routine(
  watch pgscript_engine.watched_tables, new_unchanged text, old_unchanged text, quiet_insert text, quiet_delete text
)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $make$
declare
  body constant text := $template$
#variable_conflict use_column
declare
  watch pgscript_engine.watched_tables;
  is_stale boolean;
  statement text;
  reason text;
  last bigint;
begin
%10$s
  -- Whoever creates a trigger with this function on another table gets nothing of it.
  if tg_relid <> %2$s then
    -- Unless it is the same table under another number: restored from a dump.
    if not exists (
      select from pgscript_engine.watched_tables as known where known.relation = tg_relid and known.routine = %8$L
    ) then
      return null;
    end if;
  end if;
  begin
    if tg_op = 'INSERT' then
      %3$s;
    elsif tg_op = 'UPDATE' then
      %4$s;
    else
      %5$s;
    end if;
    if found and %1$L = 'events' then
      -- What an AFTER trigger returns is ignored; to return null would be one more expression to start.
      return new;
    end if;
    -- Where the table has other columns than when this was made, it has done nothing.
    if tg_op = 'DELETE' then
      is_stale := exists (select from old_rows as o where not (%7$s));
    else
      is_stale := exists (select from new_rows as n where not (%6$s));
    end if;
    if not is_stale then
      return null;
    end if;
  exception
    -- The host's own write must not die of us; but what may be tried again, the host should try again.
    when serialization_failure or deadlock_detected or lock_not_available then
      raise;
    when others then
      null;
  end;
  -- Its columns may have changed: once more, with what they are now.
  begin
    watch := pgscript_engine.make_watch(tg_relid, %1$L, may_wait => false);
    execute case tg_op when 'INSERT' then watch.on_insert when 'UPDATE' then watch.on_update else watch.on_delete end;
    -- A transaction with a snapshot from before a change of the columns cannot know them.
    execute case tg_op
      when 'DELETE' then format('select exists (select from old_rows as o where not (%%s))', pgscript_engine.columns_unchanged(tg_relid, 'o'))
      else format('select exists (select from new_rows as n where not (%%s))', pgscript_engine.columns_unchanged(tg_relid, 'n'))
    end into is_stale;
    if is_stale then
      raise undefined_column using message = 'The columns of the table are others than this transaction can see.';
    end if;
  exception
    when serialization_failure or deadlock_detected or lock_not_available then
      raise;
    when others then
      if sqlstate = '42703' and current_setting('transaction_isolation') <> 'read committed' then
        raise serialization_failure using
          message = format('could not serialize access due to a change of the columns of %%s', tg_relid::regclass);
      end if;
      reason := sqlerrm;
      statement := case tg_op when 'INSERT' then watch.on_insert when 'UPDATE' then watch.on_update else watch.on_delete end;
      begin
        last := case
          when %1$L <> 'events' or statement is null then 0
          when tg_op = 'DELETE' then (select count(*) from (select from old_rows limit 1001) as counted) - 1
          else (select count(*) from (select from new_rows limit 1001) as counted) - 1
        end;
      exception when others then
        -- A trigger that was made without its rows at hand.
        last := 0;
      end;
      if last not between 1 and 999 then
        perform pgscript_engine.refuse_change(tg_relid, tg_op, %9$L, reason);
        return null;
      end if;
      -- A row that cannot be an event, such as one that is too large for jsonb, takes no other one with it.
      for place in 0 .. last loop
        begin
          execute replace(
            replace(statement, 'from new_rows as n', format('from (select * from new_rows offset %%s limit 1) as n', place)),
            'from old_rows as o', format('from (select * from old_rows offset %%s limit 1) as o', place)
          );
        exception
          when serialization_failure or deadlock_detected or lock_not_available then
            raise;
          when others then
            perform pgscript_engine.refuse_change(tg_relid, tg_op, %9$L, sqlerrm);
        end;
      end loop;
  end;
  return null;
end
$template$;
  -- Nobody listened when it was made, so what comes of a change is most often one row.
  quiet constant text := $template$
  if tg_op = %1$L and tg_relid = %2$s then
    begin
      %3$s;
      if found then
        return new;
      end if;
    exception
      when serialization_failure or deadlock_detected or lock_not_available then
        raise;
      when others then
        -- Something is out of the ordinary, or somebody listens by now.
        null;
    end;
  end if;
$template$;
  -- Static, so that it is planned once a session: a plan costs more than an event.
  static constant text[] := array(
    select regexp_replace(statement, '^select ', 'perform ')
    from unnest(array[watch.on_insert, watch.on_update, watch.on_delete]) with ordinality as made (statement, place)
    order by place
  );
begin
  -- Row security is not the writer's to choose, nor what restoring a dump turns off. And how values become text,
  -- and whether a change of one is seen, is said by settings, where the table has a type that they matter for.
  -- Our own schema comes before the temporary one: where a trigger does not have the rows at hand, their names must
  -- find our empty views, and not temporary relations of the session, whose code would run as us.
  execute format(
    'create or replace function pgscript_engine.%I() returns trigger language plpgsql volatile security definer
       set search_path = pg_catalog, pgscript_engine, pg_temp set row_security = on
       %s as %L',
    watch.routine,
    case when exists (
      select
      from pg_catalog.pg_attribute as field
      where field.attrelid = watch.relation and field.attnum > 0 and not field.attisdropped
        and field.atttypid <> all (
          array['bool', 'int2', 'int4', 'int8', 'numeric', 'text', 'varchar', 'bpchar', 'uuid', 'json', 'jsonb']::regtype[]
          -- JSON has one form for these, whatever the settings.
          || case when field.attname <> watch.tenant_column then array['date', 'timestamp', 'timestamptz']::regtype[] end
        )
    ) then 'set extra_float_digits = 1 set datestyle = ''ISO, YMD'' set intervalstyle = postgres set bytea_output = hex' end,
    format(
      body, watch.purpose, watch.relation::oid, static[1], static[2], static[3],
      make_watch_routine.new_unchanged, make_watch_routine.old_unchanged,
      watch.routine, coalesce(watch.event_type, 'tenants'),
      (
        select string_agg(format(quiet, made.operation, watch.relation::oid, made.statement), '' order by made.operation desc)
        from (values
          ('INSERT', make_watch_routine.quiet_insert), ('DELETE', make_watch_routine.quiet_delete)
        ) as made (operation, statement)
        where made.statement is not null
      )
    )
  );
  execute format('comment on function pgscript_engine.%I() is %L', watch.routine,
    format('Follows the changes of %s, a table of the host: made by make_watch.', watch.relation));
  execute format('revoke all on function pgscript_engine.%I() from public', watch.routine);
  execute format('grant execute on function pgscript_engine.%I() to pgscript_integrator', watch.routine);
end
$make$;

comment on function pgscript_engine.make_watch_routine(pgscript_engine.watched_tables, text, text, text, text) is
  'Makes the trigger function of a watched table: it makes events, or tenants, of what a statement changed; runs nothing but what make_watch has written down; and fails only where the statement should be tried again, any other trouble is a row of refused_events.';

alter function pgscript_engine.make_watch_routine(pgscript_engine.watched_tables, text, text, text, text) owner to pgscript_engine;
revoke all on function pgscript_engine.make_watch_routine(pgscript_engine.watched_tables, text, text, text, text) from public;
