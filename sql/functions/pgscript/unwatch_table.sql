create or replace function pgscript.unwatch_table(relation regclass)
  returns boolean
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform pgscript_engine.place_triggers(unwatch_table.relation, 'events', '{}');
  return pgscript_engine.forget_watch(unwatch_table.relation, 'events');
end
$$;

comment on function pgscript.unwatch_table(regclass) is
  'Takes the triggers of watch_table off a host table again; whether it was watched. For the table''s owner.';

alter function pgscript.unwatch_table(regclass) owner to pgscript_owner;
revoke all on function pgscript.unwatch_table(regclass) from public;
grant execute on function pgscript.unwatch_table(regclass) to pgscript_integrator;
