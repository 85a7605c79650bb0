create or replace function pgscript_engine.script_concurrency(tenant_id uuid, script_id uuid)
  returns integer
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select (pgscript_engine.effective_limits(tenant.limits, snapshot.limits) ->> 'concurrent_runs_per_script')::integer
  from pgscript.scripts as script
  join pgscript.tenants as tenant on tenant.id = script.tenant_id
  join pgscript.script_versions as snapshot
    on snapshot.tenant_id = script.tenant_id
    and snapshot.script_id = script.id
    and snapshot.version = coalesce(script.active_version, script.latest_version)
  where script.tenant_id = script_concurrency.tenant_id and script.id = script_concurrency.script_id;
$$;

comment on function pgscript_engine.script_concurrency(uuid, uuid) is
  'How many executions of a script may run at once: as the version that runs (the latest while none does) says, within the tenant''s.';

alter function pgscript_engine.script_concurrency(uuid, uuid) owner to pgscript_engine;
revoke all on function pgscript_engine.script_concurrency(uuid, uuid) from public;
