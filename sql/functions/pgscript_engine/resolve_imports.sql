create or replace function pgscript_engine.resolve_imports(
  capability text, tenant_id uuid, specifiers text[], script_id uuid default null, version integer default null
)
  returns table (
    specifier text, library_id uuid, library_version integer, type text, exports text[], libraries jsonb
  )
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  with asked as (
    select distinct wanted.specifier, substr(wanted.specifier, length('pgscript:lib/') + 1) as name
    from unnest(resolve_imports.specifiers) as wanted (specifier)
    where pgscript_engine.require_node(resolve_imports.capability) is not null
  ),
  found as (
    select
      asked.specifier,
      coalesce(pin.library_id, library.id) as library_id,
      coalesce(pin.library_version, library.active_version) as library_version
    from asked
    left join pgscript.version_imports as pin
      on pin.tenant_id = resolve_imports.tenant_id
      and pin.script_id = resolve_imports.script_id
      and pin.version = resolve_imports.version
      and pin.specifier = asked.specifier
    left join pgscript.scripts as library
      on library.tenant_id = resolve_imports.tenant_id
      and library.name = asked.name
      and library.status <> 'archived'
  )
  select
    found.specifier, found.library_id, found.library_version,
    coalesce(snapshot.type, draft.type), verdict.exports,
    (
      select jsonb_agg(jsonb_build_object(
        'id', reached.library_id, 'version', reached.version, 'depth', reached.depth,
        'bytes', octet_length(source.source)
      ))
      from pgscript_engine.imported_versions(
        resolve_imports.tenant_id,
        jsonb_build_array(jsonb_build_object('library_id', found.library_id, 'library_version', found.library_version))
      ) as reached
      join pgscript.script_versions as source
        on source.tenant_id = resolve_imports.tenant_id
        and source.script_id = reached.library_id
        and source.version = reached.version
      where found.library_version is not null
    )
  from found
  left join pgscript.scripts as draft
    on draft.tenant_id = resolve_imports.tenant_id and draft.id = found.library_id
  left join pgscript.script_versions as snapshot
    on snapshot.tenant_id = resolve_imports.tenant_id
    and snapshot.script_id = found.library_id
    and snapshot.version = found.library_version
  left join pgscript.version_checks as verdict
    on verdict.tenant_id = resolve_imports.tenant_id
    and verdict.script_id = found.library_id
    and verdict.version = found.library_version;
$$;

comment on function pgscript_engine.resolve_imports(text, uuid, text[], uuid, integer) is
  'What each pgscript:lib/… specifier stands for: the version that the given version is pinned to, else the active version of the tenant''s script of that name; with what it exports, and every library that would be loaded for it. A null id: there is no such script; a null version: none of it is active.';

alter function pgscript_engine.resolve_imports(text, uuid, text[], uuid, integer) owner to pgscript_engine;
revoke all on function pgscript_engine.resolve_imports(text, uuid, text[], uuid, integer) from public;
grant execute on function pgscript_engine.resolve_imports(text, uuid, text[], uuid, integer) to pgscript_node;
