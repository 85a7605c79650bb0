create or replace function pgscript.approve_version(tenant_key text, script text, version integer)
  returns pgscript.version_approvals
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  this_tenant uuid := pgscript_engine.authorize(approve_version.tenant_key, 'scripts.update');
  target pgscript.scripts := pgscript_engine.find_script(this_tenant, approve_version.script);
  person uuid := pgscript.current_user_id();
  author uuid;
  approval pgscript.version_approvals;
begin
  if person is null then
    raise exception using
      errcode = 'PS403', constraint = 'approval_needs_user',
      message = 'A version is approved by a person; this caller is none.',
      hint = 'Sign in as a user, or use an API key that acts for one. Database roles cannot approve.';
  end if;
  perform pgscript_engine.require_accepted(this_tenant, target.id, approve_version.version);
  select snapshot.created_by into author
  from pgscript.script_versions as snapshot
  where snapshot.tenant_id = this_tenant and snapshot.script_id = target.id and snapshot.version = approve_version.version;
  if author = person then
    raise exception using
      errcode = 'PS403', constraint = 'own_version', column = 'version',
      message = format('version: version %s is your own; somebody else must approve it.', approve_version.version);
  end if;

  insert into pgscript.version_approvals (tenant_id, script_id, version, approved_by)
  values (this_tenant, target.id, approve_version.version, person)
  on conflict do nothing
  returning version_approvals.* into approval;
  if not found then
    select known.* into approval
    from pgscript.version_approvals as known
    where known.tenant_id = this_tenant and known.script_id = target.id
      and known.version = approve_version.version and known.approved_by = person;
    return approval;
  end if;
  perform pgscript_engine.audit(
    this_tenant, 'version.approved', 'script', target.id::text, null,
    jsonb_build_object('version', approval.version)
  );
  return approval;
end
$$;

comment on function pgscript.approve_version(text, text, integer) is
  'Approves an accepted version as a second person, and returns the approval. Needs scripts.update and a user who is not the version''s author. Where the tenant''s setting approval is flagged or all, such a version can become active only then.';

alter function pgscript.approve_version(text, text, integer) owner to pgscript_engine;
revoke all on function pgscript.approve_version(text, text, integer) from public;
grant execute on function pgscript.approve_version(text, text, integer) to pgscript_user, pgscript_operator, pgscript_integrator;
