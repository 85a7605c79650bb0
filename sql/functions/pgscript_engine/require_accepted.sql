create or replace function pgscript_engine.require_accepted(tenant_id uuid, script_id uuid, version integer)
  returns void
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  verdict pgscript.version_checks;
begin
  select judged.* into verdict
  from pgscript.version_checks as judged
  where judged.tenant_id = require_accepted.tenant_id
    and judged.script_id = require_accepted.script_id
    and judged.version = require_accepted.version;
  if verdict.version is null then
    raise exception using
      errcode = 'PS404', constraint = 'version_not_found', column = 'version',
      message = format('version: the script has no version %s.', require_accepted.version);
  end if;
  if verdict.state <> 'accepted' then
    raise exception using
      errcode = 'PS409', constraint = 'version_not_accepted', column = 'version',
      message = format('Version %s is %s; only an accepted version can run.', verdict.version, verdict.state),
      detail = verdict.findings::text,
      hint = case verdict.state
        when 'unchecked' then 'A node checks it within seconds of the save; try again then.'
        else 'Correct what the findings name and save again.'
      end;
  end if;
end
$$;

comment on function pgscript_engine.require_accepted(uuid, uuid, integer) is
  'Raises version_not_accepted, with the findings, unless a node has accepted the version.';

alter function pgscript_engine.require_accepted(uuid, uuid, integer) owner to pgscript_engine;
revoke all on function pgscript_engine.require_accepted(uuid, uuid, integer) from public;
