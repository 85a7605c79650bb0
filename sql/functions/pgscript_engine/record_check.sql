create or replace function pgscript_engine.record_check(
  tenant_id uuid, script_id uuid, version integer, state text, findings jsonb, exports text[] default null,
  imports jsonb default '[]'
)
  returns boolean
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  with verdict as (
    update pgscript.version_checks as verdict
    set
      state = record_check.state, findings = record_check.findings, exports = record_check.exports,
      checked_at = now()
    where verdict.tenant_id = record_check.tenant_id
      and verdict.script_id = record_check.script_id
      and verdict.version = record_check.version
      and verdict.state = 'unchecked'
    returning verdict.state
  ),
  pins as (
    insert into pgscript.version_imports as pin (tenant_id, script_id, version, specifier, library_id, library_version)
    select
      record_check.tenant_id, record_check.script_id, record_check.version,
      import.specifier, import.library_id, import.library_version
    from verdict, jsonb_to_recordset(record_check.imports)
      as import (specifier text, library_id uuid, library_version integer)
    where verdict.state = 'accepted'
    -- Those of a version that move_dependents wrote are there already.
    on conflict do nothing
  )
  select exists (select from verdict);
$$;

comment on function pgscript_engine.record_check(uuid, uuid, integer, text, jsonb, text[], jsonb) is
  'Writes a node''s verdict on a version, accepted or rejected with findings, and of an accepted one what it exports and which versions of libraries it is pinned to; false when another node was first.';

alter function pgscript_engine.record_check(uuid, uuid, integer, text, jsonb, text[], jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.record_check(uuid, uuid, integer, text, jsonb, text[], jsonb) from public;
grant execute on function pgscript_engine.record_check(uuid, uuid, integer, text, jsonb, text[], jsonb) to pgscript_node;
