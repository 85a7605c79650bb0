create or replace function pgscript_engine.load_libraries(capability text, tenant_id uuid, imports jsonb)
  returns table (library_id uuid, version integer, name text, language text, source text, imports jsonb)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select
    snapshot.script_id, snapshot.version, snapshot.name, snapshot.language, snapshot.source,
    pgscript_engine.imports_of(load_libraries.tenant_id, snapshot.script_id, snapshot.version)
  from pgscript_engine.imported_versions(load_libraries.tenant_id, load_libraries.imports) as reached
  join pgscript.script_versions as snapshot
    on snapshot.tenant_id = load_libraries.tenant_id
    and snapshot.script_id = reached.library_id
    and snapshot.version = reached.version
  where pgscript_engine.require_node(load_libraries.capability) is not null
  -- What is imported comes before what imports it.
  order by reached.depth desc, snapshot.script_id, snapshot.version;
$$;

comment on function pgscript_engine.load_libraries(text, uuid, jsonb) is
  'The sources of the given imports (as imports_of gives them) and of all that they import in turn, each after those that it imports.';

alter function pgscript_engine.load_libraries(text, uuid, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.load_libraries(text, uuid, jsonb) from public;
grant execute on function pgscript_engine.load_libraries(text, uuid, jsonb) to pgscript_node;
