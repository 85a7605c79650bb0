create or replace function pgscript.unsync_tenants(relation regclass)
  returns boolean
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform pgscript_engine.place_triggers(unsync_tenants.relation, 'tenants', '{}');
  return pgscript_engine.forget_watch(unsync_tenants.relation, 'tenants');
end
$$;

comment on function pgscript.unsync_tenants(regclass) is
  'Takes the triggers of sync_tenants off a host table again; whether there were any. The tenants stay.';

alter function pgscript.unsync_tenants(regclass) owner to pgscript_owner;
revoke all on function pgscript.unsync_tenants(regclass) from public;
grant execute on function pgscript.unsync_tenants(regclass) to pgscript_integrator;
