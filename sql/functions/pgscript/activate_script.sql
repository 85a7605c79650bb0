create or replace function pgscript.activate_script(tenant_key text, script text, version integer default null)
  returns pgscript.scripts
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  this_tenant uuid := pgscript_engine.authorize(activate_script.tenant_key, 'scripts.update');
  before pgscript.scripts := pgscript_engine.find_script(this_tenant, activate_script.script);
  wanted integer := coalesce(activate_script.version, before.latest_version);
  after pgscript.scripts;
begin
  perform pgscript_engine.require_accepted(this_tenant, before.id, wanted);
  -- What is active already was approved, or came before the tenant asked for it.
  if wanted is distinct from before.active_version then
    perform pgscript_engine.require_approved(this_tenant, before.id, wanted);
  end if;

  update pgscript.scripts as target
  set status = 'active', active_version = wanted, updated_by = pgscript.current_user_id()
  where target.tenant_id = this_tenant and target.id = before.id
    and (target.status, target.active_version) is distinct from ('active', wanted)
  returning target.* into after;
  if not found then
    return before;
  end if;
  perform pgscript_engine.audit(
    this_tenant, 'script.activated', 'script', before.id::text,
    jsonb_build_object('status', before.status, 'version', before.active_version),
    jsonb_build_object('status', after.status, 'version', after.active_version)
  );
  return after;
end
$$;

comment on function pgscript.activate_script(text, text, integer) is
  'Makes a version of the script (its latest by default) the one that runs, and the script active; returns its row. Only an accepted version can become active (version_not_accepted), and where the tenant asks for a second person, only an approved one (approval_required).';

alter function pgscript.activate_script(text, text, integer) owner to pgscript_engine;
revoke all on function pgscript.activate_script(text, text, integer) from public;
grant execute on function pgscript.activate_script(text, text, integer) to pgscript_user, pgscript_operator, pgscript_integrator;
