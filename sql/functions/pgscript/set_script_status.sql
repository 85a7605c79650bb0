create or replace function pgscript.set_script_status(tenant_key text, script text, status text)
  returns pgscript.scripts
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  this_tenant uuid := pgscript_engine.authorize(
    set_script_status.tenant_key,
    case when set_script_status.status = 'archived' then 'scripts.delete' else 'scripts.update' end
  );
  before pgscript.scripts := pgscript_engine.find_script(this_tenant, set_script_status.script);
  after pgscript.scripts;
begin
  if set_script_status.status is null or set_script_status.status not in ('active', 'paused', 'disabled', 'archived') then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_status', column = 'status',
      message = format('status: %L is not a status a script can be set to.', left(set_script_status.status, 40)),
      hint = 'Statuses: active, paused, disabled, archived.';
  end if;
  if before.active_version is null and set_script_status.status <> 'archived' then
    raise exception using
      errcode = 'PS409', constraint = 'script_never_activated', column = 'status',
      message = 'The script is a draft; a version of it must be activated first.',
      hint = 'Call pgscript.activate_script(tenant_key, script).';
  end if;

  update pgscript.scripts as target
  set
    status = set_script_status.status,
    archived_at = case when set_script_status.status = 'archived' then now() end,
    updated_by = pgscript.current_user_id()
  where target.tenant_id = this_tenant and target.id = before.id
  returning target.* into after;
  if before.status <> after.status then
    perform pgscript_engine.audit(
      this_tenant, 'script.status_changed', 'script', before.id::text,
      jsonb_build_object('status', before.status), jsonb_build_object('status', after.status)
    );
  end if;
  return after;
end
$$;

comment on function pgscript.set_script_status(text, text, text) is
  'Pauses, disables, resumes (active) or archives (archived, final) a script; returns its row. Archiving needs scripts.delete and frees the name; versions, executions and audit stay.';

alter function pgscript.set_script_status(text, text, text) owner to pgscript_engine;
revoke all on function pgscript.set_script_status(text, text, text) from public;
grant execute on function pgscript.set_script_status(text, text, text) to pgscript_user, pgscript_operator, pgscript_integrator;
