create or replace function pgscript_engine.remake_watches(event_type text default null)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  watch record;
begin
  for watch in
    select known.relation, known.purpose
    from pgscript_engine.watched_tables as known
    join pg_catalog.pg_class as class on class.oid = known.relation
    where remake_watches.event_type is null
      or known.event_type = regexp_replace(remake_watches.event_type, '\.(inserted|updated|deleted)$', '')
    order by known.relation, known.purpose
  loop
    begin
      perform pgscript_engine.make_watch(watch.relation, watch.purpose);
    exception when others then
      -- A column that it names is gone: its next change makes it anew, or is a row of refused_events.
      raise notice 'the function that follows % is as it was: %', watch.relation, sqlerrm;
    end;
  end loop;
end
$$;

comment on function pgscript_engine.remake_watches(text) is
  'Makes the trigger functions of watched tables anew, as this version and the catalogue of types make them: of all, or of those that make events of this type. Their triggers stay.';

alter function pgscript_engine.remake_watches(text) owner to pgscript_engine;
revoke all on function pgscript_engine.remake_watches(text) from public;
