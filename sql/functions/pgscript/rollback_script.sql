create or replace function pgscript.rollback_script(tenant_key text, script text, version integer)
  returns pgscript.scripts
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  -- A role of the host platform may take back what went wrong, and change nothing else of a script.
  this_tenant uuid := coalesce(
    (
      select tenant.id
      from pgscript.tenants as tenant
      where tenant.key = rollback_script.tenant_key and tenant.id in (select pgscript_engine.host_tenants())
    ),
    pgscript_engine.authorize(rollback_script.tenant_key, 'scripts.update')
  );
  before pgscript.scripts := pgscript_engine.find_script(this_tenant, rollback_script.script);
  old pgscript.script_versions;
  verdict pgscript.version_checks;
  after pgscript.scripts;
begin
  select snapshot.* into old
  from pgscript.script_versions as snapshot
  where snapshot.tenant_id = this_tenant and snapshot.script_id = before.id and snapshot.version = rollback_script.version;
  if old.version is null then
    raise exception using
      errcode = 'PS404', constraint = 'version_not_found', column = 'version',
      message = format(
        'version: the script has no version %s; its latest is %s.', rollback_script.version, before.latest_version
      );
  end if;

  -- The name stays: another script may carry the old one by now.
  update pgscript.scripts as target
  set
    description = old.description, type = old.type, language = old.language, source = old.source,
    limits = old.limits, retry = old.retry, metadata = old.metadata, tags = old.tags,
    config = old.config, input_schema = old.input_schema, output_schema = old.output_schema,
    organization_id = old.organization_id,
    latest_version = target.latest_version + 1,
    change_description = format('Rolled back to version %s', old.version),
    updated_by = pgscript.current_user_id()
  where target.tenant_id = this_tenant and target.id = before.id
  returning target.* into after;

  update pgscript.version_checks as target
  set state = source.state, findings = source.findings, exports = source.exports, checked_at = source.checked_at
  from pgscript.version_checks as source
  where target.tenant_id = this_tenant and target.script_id = before.id and target.version = after.latest_version
    and source.tenant_id = this_tenant and source.script_id = before.id and source.version = old.version
    and source.state <> 'unchecked'
  returning target.* into verdict;
  -- Equal in what it imports too; and what was approved once is approved.
  insert into pgscript.version_imports (tenant_id, script_id, version, specifier, library_id, library_version)
  select pin.tenant_id, pin.script_id, after.latest_version, pin.specifier, pin.library_id, pin.library_version
  from pgscript.version_imports as pin
  where pin.tenant_id = this_tenant and pin.script_id = before.id and pin.version = old.version;
  insert into pgscript.version_approvals (tenant_id, script_id, version, approved_by, approved_at)
  select approval.tenant_id, approval.script_id, after.latest_version, approval.approved_by, approval.approved_at
  from pgscript.version_approvals as approval
  where approval.tenant_id = this_tenant and approval.script_id = before.id and approval.version = old.version;
  if verdict.state = 'accepted' and before.active_version is not null
    and pgscript_engine.is_approved(this_tenant, before.id, after.latest_version)
  then
    update pgscript.scripts as target
    set active_version = target.latest_version
    where target.tenant_id = this_tenant and target.id = before.id
    returning target.* into after;
  end if;
  perform pgscript_engine.audit(
    this_tenant, 'script.rolled_back', 'script', before.id::text,
    jsonb_build_object('version', before.latest_version, 'active_version', before.active_version),
    jsonb_build_object('version', after.latest_version, 'active_version', after.active_version, 'equal_to', old.version)
  );
  return after;
end
$$;

comment on function pgscript.rollback_script(text, text, integer) is
  'Saves a new version equal to an old one, so that history never lies, and returns the script''s row. The old version''s check holds for the new one; its pinned libraries and approvals too. Where the script has an active version and the old one was accepted (and approved, where the tenant asks for it), the new one becomes active.';

alter function pgscript.rollback_script(text, text, integer) owner to pgscript_engine;
revoke all on function pgscript.rollback_script(text, text, integer) from public;
grant execute on function pgscript.rollback_script(text, text, integer) to pgscript_user, pgscript_operator, pgscript_integrator;
