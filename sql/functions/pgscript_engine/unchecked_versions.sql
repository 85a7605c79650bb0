create or replace function pgscript_engine.unchecked_versions(capability text, batch_size integer)
  returns table (
    tenant_id uuid, script_id uuid, version integer, name text, type text, language text, source text,
    source_limit bigint, config jsonb, input_schema jsonb, output_schema jsonb
  )
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select
    snapshot.tenant_id, snapshot.script_id, snapshot.version, snapshot.name, snapshot.type, snapshot.language,
    snapshot.source,
    (pgscript_engine.effective_limits(tenant.limits, snapshot.limits) ->> 'source_bytes')::bigint,
    snapshot.config, snapshot.input_schema, snapshot.output_schema
  from pgscript.version_checks as verdict
  join pgscript.script_versions as snapshot
    on snapshot.tenant_id = verdict.tenant_id
    and snapshot.script_id = verdict.script_id
    and snapshot.version = verdict.version
  join pgscript.tenants as tenant on tenant.id = verdict.tenant_id
  where verdict.state = 'unchecked' and pgscript_engine.require_node(unchecked_versions.capability) is not null
  -- One of each tenant in turn: a source made to be slow costs the other tenants one deadline, not its owner's all.
  order by
    row_number() over (partition by verdict.tenant_id order by verdict.script_id, verdict.version),
    verdict.tenant_id
  limit unchecked_versions.batch_size;
$$;

comment on function pgscript_engine.unchecked_versions(text, integer) is
  'Versions no node has judged yet, of each tenant in turn, with the source limit in force.';

alter function pgscript_engine.unchecked_versions(text, integer) owner to pgscript_engine;
revoke all on function pgscript_engine.unchecked_versions(text, integer) from public;
grant execute on function pgscript_engine.unchecked_versions(text, integer) to pgscript_node;
