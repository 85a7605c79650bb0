create or replace function pgscript.library_dependents(tenant_key text, library text)
  returns table (script_id uuid, name text, version integer, is_active boolean, is_latest boolean, library_version integer)
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  this_tenant uuid := pgscript_engine.authorize(library_dependents.tenant_key, 'scripts.read');
  target pgscript.scripts := pgscript_engine.find_script(this_tenant, library_dependents.library);
begin
  return query
  select
    dependent.id, dependent.name, pin.version,
    pin.version is not distinct from dependent.active_version, pin.version = dependent.latest_version,
    pin.library_version
  from pgscript.version_imports as pin
  join pgscript.scripts as dependent on dependent.tenant_id = pin.tenant_id and dependent.id = pin.script_id
  where pin.tenant_id = this_tenant and pin.library_id = target.id
    and dependent.status <> 'archived'
    and pin.version in (dependent.latest_version, dependent.active_version)
  order by dependent.name, pin.version;
end
$$;

comment on function pgscript.library_dependents(text, text) is
  'The scripts whose active or latest version imports the library, with the version of it that each is pinned to.';

alter function pgscript.library_dependents(text, text) owner to pgscript_engine;
revoke all on function pgscript.library_dependents(text, text) from public;
grant execute on function pgscript.library_dependents(text, text) to pgscript_user, pgscript_operator, pgscript_integrator;
