create or replace function pgscript_engine.forget_dropped_watches()
  returns integer
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  gone record;
  forgotten integer := 0;
begin
  delete from pgscript_engine.watched_tables as known
  where not exists (select from pg_catalog.pg_class as class where class.oid = known.relation);
  -- A trigger may still call what was made before a dump, until its table is watched again.
  for gone in
    select routine.proname as name
    from pg_catalog.pg_proc as routine
    where routine.pronamespace = 'pgscript_engine'::regnamespace and routine.proname ~ '^watch_[0-9]+_(events|tenants)$'
      and not exists (select from pgscript_engine.watched_tables as known where known.routine = routine.proname)
      and not exists (select from pg_catalog.pg_trigger as used where used.tgfoid = routine.oid)
  loop
    execute format('drop function if exists pgscript_engine.%I()', gone.name);
    forgotten := forgotten + 1;
  end loop;
  return forgotten;
end
$$;

comment on function pgscript_engine.forget_dropped_watches() is
  'Forgets the watched tables that were dropped, and drops the functions that followed them; returns how many.';

alter function pgscript_engine.forget_dropped_watches() owner to pgscript_engine;
revoke all on function pgscript_engine.forget_dropped_watches() from public;
grant execute on function pgscript_engine.forget_dropped_watches() to pgscript_node;
