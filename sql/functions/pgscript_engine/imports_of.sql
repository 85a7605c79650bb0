create or replace function pgscript_engine.imports_of(tenant_id uuid, script_id uuid, version integer)
  returns jsonb
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    jsonb_agg(
      jsonb_build_object(
        'specifier', pin.specifier, 'library_id', pin.library_id, 'library_version', pin.library_version
      )
      order by pin.specifier
    ),
    '[]'
  )
  from pgscript.version_imports as pin
  where pin.tenant_id = imports_of.tenant_id and pin.script_id = imports_of.script_id and pin.version = imports_of.version;
$$;

comment on function pgscript_engine.imports_of(uuid, uuid, integer) is
  'What a version imports of other scripts: specifier, library_id and library_version of each.';

alter function pgscript_engine.imports_of(uuid, uuid, integer) owner to pgscript_engine;
revoke all on function pgscript_engine.imports_of(uuid, uuid, integer) from public;
