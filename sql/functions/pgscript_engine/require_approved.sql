create or replace function pgscript_engine.require_approved(tenant_id uuid, script_id uuid, version integer)
  returns void
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if not pgscript_engine.is_approved(
    require_approved.tenant_id, require_approved.script_id, require_approved.version
  ) then
    raise exception using
      errcode = 'PS409', constraint = 'approval_required', column = 'version',
      message = format('Version %s must be approved by a second person before it can become active.', require_approved.version),
      hint = 'A member with scripts.update who is not its author calls pgscript.approve_version(tenant_key, script, version).';
  end if;
end
$$;

comment on function pgscript_engine.require_approved(uuid, uuid, integer) is
  'Raises approval_required where the tenant''s setting approval asks for a second person and none has approved the version.';

alter function pgscript_engine.require_approved(uuid, uuid, integer) owner to pgscript_engine;
revoke all on function pgscript_engine.require_approved(uuid, uuid, integer) from public;
