create or replace function pgscript_engine.make_watch_routine(watch pgscript_engine.watched_tables)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $make$
declare
  body constant text := $template$
#variable_conflict use_column
declare
  writer constant text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
  watch pgscript_engine.watched_tables;
  done bigint;
  caused_by uuid;
  caused_depth smallint := 0;
begin
  -- Whoever creates a trigger with this function on another table gets nothing of it; nor of one on this table
  -- that does not have the rows at hand: their names would be looked for among the temporary relations of the
  -- session, whose code would run as us.
  if (tg_relid <> %2$s and not exists (
    -- The same table under another number: restored from a dump.
    select from pgscript_engine.watched_tables as known where known.relation = tg_relid and known.routine = %7$L
  )) or not exists (
    select from pg_catalog.pg_trigger as own
    where own.tgrelid = tg_relid and own.tgname = tg_name
      and (tg_op = 'DELETE' or own.tgnewtable = 'new_rows') and (tg_op = 'INSERT' or own.tgoldtable = 'old_rows')
  ) then
    return null;
  end if;
  begin
    -- A script's own write is one more in the chain of what caused it, so that a loop comes to its end.
    if coalesce(current_setting('pgscript.context', true), '') <> '' then
      select found.execution_id, found.depth into caused_by, caused_depth
      from pgscript_engine.causing_execution() as found;
    end if;
    if tg_op = 'INSERT' then
      %3$s;
    elsif tg_op = 'UPDATE' then
      %4$s;
    else
      %5$s;
    end if;
    -- Where the table has other columns than when this was made, it has done nothing.
    get diagnostics done = row_count;
    if done > 0 and %1$L = 'events' then
      return null;
    end if;
    if %6$s then
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
    execute case tg_op when 'INSERT' then watch.on_insert when 'UPDATE' then watch.on_update else watch.on_delete end
      using writer, caused_by, caused_depth;
  exception
    when serialization_failure or deadlock_detected or lock_not_available then
      raise;
    when others then
      insert into pgscript.refused_events (id, tenant_key, type, payload, reason, source, published_by)
      values (
        pgscript.uuid_v7(), '', %8$L,
        jsonb_build_object('table', tg_relid::regclass::text, 'operation', lower(tg_op)), left(sqlerrm, 500), 'watch', writer
      );
  end;
  return null;
end
$template$;
  -- Static, so that it is planned once a session: a plan costs more than an event.
  static constant text[] := array(
    select regexp_replace(
      replace(replace(replace(statement, '$1', 'writer'), '$2', 'caused_by'), '$3', 'caused_depth'),
      '^select ', 'perform '
    )
    from unnest(array[watch.on_insert, watch.on_update, watch.on_delete]) with ordinality as made (statement, place)
    order by place
  );
begin
  -- The settings say how values become text, and whether a change of one is seen; they are not the writer's to
  -- choose, nor is row security, which restoring a dump turns off.
  execute format(
    'create or replace function pgscript_engine.%I() returns trigger language plpgsql volatile security definer
       set search_path = pg_catalog, pg_temp set row_security = on set extra_float_digits = 1
       set datestyle = ''ISO, YMD'' set intervalstyle = postgres set bytea_output = hex as %L',
    watch.routine,
    format(
      body, watch.purpose, watch.relation::oid, static[1], static[2], static[3],
      pgscript_engine.columns_unchanged(watch.relation), watch.routine, coalesce(watch.event_type, 'tenants')
    )
  );
  execute format('comment on function pgscript_engine.%I() is %L', watch.routine,
    format('Follows the changes of %s, a table of the host: made by make_watch.', watch.relation));
  execute format('revoke all on function pgscript_engine.%I() from public', watch.routine);
  execute format('grant execute on function pgscript_engine.%I() to pgscript_integrator', watch.routine);
end
$make$;

comment on function pgscript_engine.make_watch_routine(pgscript_engine.watched_tables) is
  'Makes the trigger function of a watched table: it makes events, or tenants, of what a statement changed; runs nothing but what make_watch has written down; and fails only where the statement should be tried again, any other trouble is a row of refused_events.';

alter function pgscript_engine.make_watch_routine(pgscript_engine.watched_tables) owner to pgscript_engine;
revoke all on function pgscript_engine.make_watch_routine(pgscript_engine.watched_tables) from public;
