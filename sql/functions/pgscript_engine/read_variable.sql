create or replace function pgscript_engine.read_variable(capability text, tenant_id uuid, name text)
  returns table (value jsonb)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select variable.value
  from pgscript.variables as variable
  where pgscript_engine.require_node(read_variable.capability) is not null
    and variable.tenant_id = read_variable.tenant_id
    and variable.name = read_variable.name;
$$;

comment on function pgscript_engine.read_variable(text, uuid, text) is
  'The value of a variable; no row where there is none.';

alter function pgscript_engine.read_variable(text, uuid, text) owner to pgscript_engine;
revoke all on function pgscript_engine.read_variable(text, uuid, text) from public;
grant execute on function pgscript_engine.read_variable(text, uuid, text) to pgscript_node;
