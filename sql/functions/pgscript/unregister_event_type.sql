create or replace function pgscript.unregister_event_type(type text)
  returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  gone pgscript.event_types;
begin
  perform pgscript_engine.require_operator();
  delete from pgscript.event_types as known where known.type = unregister_event_type.type
  returning known.* into gone;
  if gone.is_strict then
    perform pgscript_engine.remake_watches(gone.type);
  end if;
  return gone.type is not null;
end
$$;

comment on function pgscript.unregister_event_type(text) is
  'Takes an event type out of the catalogue; whether it was there. Events of it go on, unchecked.';

alter function pgscript.unregister_event_type(text) owner to pgscript_engine;
revoke all on function pgscript.unregister_event_type(text) from public;
grant execute on function pgscript.unregister_event_type(text) to pgscript_operator, pgscript_integrator;
