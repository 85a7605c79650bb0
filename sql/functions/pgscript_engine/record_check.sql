create or replace function pgscript_engine.record_check(
  tenant_id uuid, script_id uuid, version integer, state text, findings jsonb
)
  returns boolean
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  with verdict as (
    update pgscript.version_checks as verdict
    set state = record_check.state, findings = record_check.findings, checked_at = now()
    where verdict.tenant_id = record_check.tenant_id
      and verdict.script_id = record_check.script_id
      and verdict.version = record_check.version
      and verdict.state = 'unchecked'
    returning 1
  )
  select exists (select from verdict);
$$;

comment on function pgscript_engine.record_check(uuid, uuid, integer, text, jsonb) is
  'Writes a node''s verdict on a version, accepted or rejected with findings; false when another node was first.';

alter function pgscript_engine.record_check(uuid, uuid, integer, text, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.record_check(uuid, uuid, integer, text, jsonb) from public;
grant execute on function pgscript_engine.record_check(uuid, uuid, integer, text, jsonb) to pgscript_node;
