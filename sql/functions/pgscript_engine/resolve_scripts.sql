create or replace function pgscript_engine.resolve_scripts(tenant_id uuid, scripts text[])
  returns uuid[]
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  ids uuid[] := '{}';
  script text;
begin
  if resolve_scripts.scripts is null or resolve_scripts.scripts = array['*'] then
    return null;
  end if;
  if cardinality(resolve_scripts.scripts) not between 1 and 100 then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_scripts', column = 'scripts',
      message = 'scripts: name 1 to 100 scripts, or * alone for every script.';
  end if;
  foreach script in array resolve_scripts.scripts loop
    ids := ids || (pgscript_engine.find_script(resolve_scripts.tenant_id, script)).id;
  end loop;
  return ids;
end
$$;

comment on function pgscript_engine.resolve_scripts(uuid, text[]) is
  'The ids of scripts given by name or id; null, which means every script, for null or an array of * alone.';

alter function pgscript_engine.resolve_scripts(uuid, text[]) owner to pgscript_engine;
revoke all on function pgscript_engine.resolve_scripts(uuid, text[]) from public;
