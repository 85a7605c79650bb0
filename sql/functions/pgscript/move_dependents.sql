create or replace function pgscript.move_dependents(
  tenant_key text, library text, library_version integer default null, scripts text[] default null
)
  returns setof pgscript.scripts
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  this_tenant uuid := pgscript_engine.authorize(move_dependents.tenant_key, 'scripts.update');
  target pgscript.scripts := pgscript_engine.find_script(this_tenant, move_dependents.library);
  wanted integer := coalesce(move_dependents.library_version, target.active_version);
  dependent pgscript.scripts;
  moved pgscript.scripts;
begin
  if wanted is null then
    raise exception using
      errcode = 'PS409', constraint = 'library_not_active', column = 'library',
      message = format('library: %s has no active version to move to.', target.name),
      hint = 'Activate a version of it, or name one.';
  end if;
  perform pgscript_engine.require_accepted(this_tenant, target.id, wanted);

  for dependent in
    select script.*
    from pgscript.version_imports as pin
    join pgscript.scripts as script
      on script.tenant_id = pin.tenant_id and script.id = pin.script_id and script.latest_version = pin.version
    where pin.tenant_id = this_tenant and pin.library_id = target.id and pin.library_version <> wanted
      and script.status <> 'archived'
      and (move_dependents.scripts is null or script.name = any (move_dependents.scripts))
    order by script.id
    for update of script
  loop
    update pgscript.scripts as script
    set
      latest_version = script.latest_version + 1,
      change_description = format('Moved to %s version %s', target.name, wanted),
      updated_by = pgscript.current_user_id()
    where script.tenant_id = this_tenant and script.id = dependent.id
    returning script.* into moved;
    -- Before the check, which keeps to pins that are there; the other libraries stay as they were.
    insert into pgscript.version_imports (tenant_id, script_id, version, specifier, library_id, library_version)
    select
      pin.tenant_id, pin.script_id, moved.latest_version, pin.specifier, pin.library_id,
      case when pin.library_id = target.id then wanted else pin.library_version end
    from pgscript.version_imports as pin
    where pin.tenant_id = this_tenant and pin.script_id = dependent.id and pin.version = dependent.latest_version;
    perform pgscript_engine.audit(
      this_tenant, 'script.saved', 'script', moved.id::text,
      jsonb_build_object('version', dependent.latest_version),
      jsonb_build_object('name', moved.name, 'version', moved.latest_version, 'change', moved.change_description)
    );
    return next moved;
  end loop;
end
$$;

comment on function pgscript.move_dependents(text, text, integer, text[]) is
  'Saves a new version of each script (of those named, or of all) whose latest version imports the library in another version than the wanted one (its active one by default), pinned to that one, and returns their rows. A node checks the new versions within 2 s; none becomes active by it.';

alter function pgscript.move_dependents(text, text, integer, text[]) owner to pgscript_engine;
revoke all on function pgscript.move_dependents(text, text, integer, text[]) from public;
grant execute on function pgscript.move_dependents(text, text, integer, text[]) to pgscript_user, pgscript_operator, pgscript_integrator;
