create or replace function pgscript_engine.load_version(capability text, tenant_id uuid, script_id uuid, version integer)
  returns table (
    tenant_key text, tenant_name text, name text, type text, language text, source text, limits jsonb, metadata jsonb,
    tags text[], settings jsonb, config jsonb, input_schema jsonb, output_schema jsonb,
    imports jsonb, organization_id text
  )
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select
    tenant.key, tenant.name, snapshot.name, snapshot.type, snapshot.language, snapshot.source,
    pgscript_engine.effective_limits(tenant.limits, snapshot.limits), snapshot.metadata, snapshot.tags,
    pgscript_engine.effective_settings(tenant.settings),
    snapshot.config, snapshot.input_schema, snapshot.output_schema,
    pgscript_engine.imports_of(snapshot.tenant_id, snapshot.script_id, snapshot.version),
    snapshot.organization_id
  from pgscript.script_versions as snapshot
  join pgscript.tenants as tenant on tenant.id = snapshot.tenant_id
  where pgscript_engine.require_node(load_version.capability) is not null
    and snapshot.tenant_id = load_version.tenant_id
    and snapshot.script_id = load_version.script_id
    and snapshot.version = load_version.version;
$$;

comment on function pgscript_engine.load_version(text, uuid, uuid, integer) is
  'What a node needs to run a version: source, names, trigger configuration, schemas, pinned imports, limits and settings in force now.';

alter function pgscript_engine.load_version(text, uuid, uuid, integer) owner to pgscript_engine;
revoke all on function pgscript_engine.load_version(text, uuid, uuid, integer) from public;
grant execute on function pgscript_engine.load_version(text, uuid, uuid, integer) to pgscript_node;
