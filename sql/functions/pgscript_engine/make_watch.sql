-- What it once was.
drop function if exists pgscript_engine.make_watch(oid, text);
create or replace function pgscript_engine.make_watch(relation oid, purpose text, may_wait boolean default true)
  returns pgscript_engine.watched_tables
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  watch pgscript_engine.watched_tables;
  made record;
  quiet_insert text;
  quiet_delete text;
begin
  -- Whoever makes it last has seen which types are strict.
  if make_watch.may_wait then
    perform
    from pgscript_engine.watched_tables as known
    where known.relation = make_watch.relation and known.purpose = make_watch.purpose
    for update;
  end if;
  select known.* into watch
  from pgscript_engine.watched_tables as known
  where known.relation = make_watch.relation and known.purpose = make_watch.purpose;
  watch := pgscript_engine.follow_columns(watch);
  if watch.purpose = 'events' then
    select * into made from pgscript_engine.event_statements(watch);
    watch.is_heard := made.is_heard;
    quiet_insert := made.quiet_insert;
    quiet_delete := made.quiet_delete;
  else
    select * into made from pgscript_engine.tenant_statements(watch);
  end if;
  watch.on_insert := made.on_insert;
  watch.on_update := made.on_update;
  watch.on_delete := made.on_delete;
  -- Whoever else writes to the table at this moment need not wait for it to be written down.
  if not make_watch.may_wait then
    perform
    from pgscript_engine.watched_tables as known
    where known.relation = watch.relation and known.purpose = watch.purpose
    for update skip locked;
    if not found then
      return watch;
    end if;
  end if;
  begin
    update pgscript_engine.watched_tables as known
    set
      tenant_column = watch.tenant_column, name_column = watch.name_column, columns = watch.columns,
      update_of = watch.update_of, column_numbers = watch.column_numbers,
      on_insert = watch.on_insert, on_update = watch.on_update, on_delete = watch.on_delete, is_heard = watch.is_heard
    where known.relation = watch.relation and known.purpose = watch.purpose;
    perform pgscript_engine.make_watch_routine(
      watch, made.new_unchanged, made.old_unchanged, quiet_insert, quiet_delete
    );
  exception when others then
    if make_watch.may_wait then
      raise;
    end if;
    -- Somebody else made it at this moment. Whoever asked has the statements, and the next one tries again.
  end;
  return watch;
end
$$;

comment on function pgscript_engine.make_watch(oid, text, boolean) is
  'Makes the statements that a watched table''s triggers run, and their function, from the columns that the table has now, and returns them; without may_wait it writes them down only where nobody else is about it.';

alter function pgscript_engine.make_watch(oid, text, boolean) owner to pgscript_engine;
revoke all on function pgscript_engine.make_watch(oid, text, boolean) from public;
