create or replace function pgscript_engine.is_approved(tenant_id uuid, script_id uuid, version integer)
  returns boolean
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select case pgscript_engine.settings_for(is_approved.tenant_id) ->> 'approval'
    when 'none' then true
    when 'flagged' then not exists (
      select
      from pgscript.version_checks as verdict,
        jsonb_array_elements(verdict.findings) as finding
      where verdict.tenant_id = is_approved.tenant_id
        and verdict.script_id = is_approved.script_id
        and verdict.version = is_approved.version
        and finding ->> 'severity' in ('warning', 'high')
    )
    else false
  end
  or exists (
    select from pgscript.version_approvals as approval
    where approval.tenant_id = is_approved.tenant_id
      and approval.script_id = is_approved.script_id
      and approval.version = is_approved.version
  );
$$;

comment on function pgscript_engine.is_approved(uuid, uuid, integer) is
  'Whether a version may become active as far as the tenant''s setting approval is concerned.';

alter function pgscript_engine.is_approved(uuid, uuid, integer) owner to pgscript_engine;
revoke all on function pgscript_engine.is_approved(uuid, uuid, integer) from public;
