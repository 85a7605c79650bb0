create or replace function pgscript_engine.imported_versions(tenant_id uuid, libraries jsonb)
  returns table (library_id uuid, version integer, depth integer)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  with recursive reached as (
    select root.library_id, root.library_version as version, 1 as depth
    from jsonb_to_recordset(imported_versions.libraries) as root (library_id uuid, library_version integer)
    union
    select pin.library_id, pin.library_version, reached.depth + 1
    from reached
    join pgscript.version_imports as pin
      on pin.tenant_id = imported_versions.tenant_id
      and pin.script_id = reached.library_id
      and pin.version = reached.version
    -- The check refuses long before; this is for what it could not know.
    where reached.depth < 32
  )
  select reached.library_id, reached.version, max(reached.depth)
  from reached
  group by reached.library_id, reached.version;
$$;

comment on function pgscript_engine.imported_versions(uuid, jsonb) is
  'The given versions of libraries and all that they import in turn, each with how deep it lies.';

alter function pgscript_engine.imported_versions(uuid, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.imported_versions(uuid, jsonb) from public;
