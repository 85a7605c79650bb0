create or replace function pgscript_engine.remake_watches(event_type text default null)
  returns void
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  select pgscript_engine.try_make_watch(watch.relation, watch.purpose)
  from (
    select known.relation, known.purpose
    from pgscript_engine.watched_tables as known
    join pg_catalog.pg_class as class on class.oid = known.relation
    where remake_watches.event_type is null
      or known.event_type = regexp_replace(remake_watches.event_type, '\.(inserted|updated|deleted)$', '')
    -- In one order for all who make several.
    order by known.relation, known.purpose
  ) as watch;
$$;

comment on function pgscript_engine.remake_watches(text) is
  'Makes the trigger functions of watched tables anew, as this version and the catalogue of types make them: of all, or of those that make events of this type. Their triggers stay.';

alter function pgscript_engine.remake_watches(text) owner to pgscript_engine;
revoke all on function pgscript_engine.remake_watches(text) from public;
