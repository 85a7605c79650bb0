create or replace function pgscript_engine.try_make_watch(relation oid, purpose text, may_wait boolean default true)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform pgscript_engine.make_watch(try_make_watch.relation, try_make_watch.purpose, try_make_watch.may_wait);
exception when others then
  -- A column that it names is gone: its next change makes it anew, or is a row of refused_events.
  raise notice 'the function that follows % is as it was: %', try_make_watch.relation::regclass, sqlerrm;
end
$$;

comment on function pgscript_engine.try_make_watch(oid, text, boolean) is
  'make_watch for who does something else, which must not fail of it.';

alter function pgscript_engine.try_make_watch(oid, text, boolean) owner to pgscript_engine;
revoke all on function pgscript_engine.try_make_watch(oid, text, boolean) from public;
