create or replace function pgscript_engine.load_compiled_code(
  capability text, tenant_id uuid, script_id uuid, version integer, engine text, code_hash bytea
)
  returns bytea
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  found_code bytea;
  found_used_at timestamptz;
begin
  perform pgscript_engine.require_node(load_compiled_code.capability);
  select cached.compiled, cached.used_at into found_code, found_used_at
  from pgscript_engine.code_cache as cached
  where cached.tenant_id = load_compiled_code.tenant_id
    and cached.script_id = load_compiled_code.script_id
    and cached.version = load_compiled_code.version
    and cached.engine = load_compiled_code.engine
    and cached.code_hash = load_compiled_code.code_hash;
  -- Once a day is enough to know what is used, and keeps reading from being writing.
  if found_used_at < now() - interval '1 day' then
    update pgscript_engine.code_cache as cached
    set used_at = now()
    where cached.tenant_id = load_compiled_code.tenant_id
      and cached.script_id = load_compiled_code.script_id
      and cached.version = load_compiled_code.version
      and cached.engine = load_compiled_code.engine;
  end if;
  return found_code;
end
$$;

comment on function pgscript_engine.load_compiled_code(text, uuid, uuid, integer, text, bytea) is
  'V8''s compiled form of a version, for this V8 and this very code; null where there is none. Needs the capability of a node.';

alter function pgscript_engine.load_compiled_code(text, uuid, uuid, integer, text, bytea) owner to pgscript_engine;
revoke all on function pgscript_engine.load_compiled_code(text, uuid, uuid, integer, text, bytea) from public;
grant execute on function pgscript_engine.load_compiled_code(text, uuid, uuid, integer, text, bytea) to pgscript_node;
