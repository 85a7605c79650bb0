create or replace function pgscript_engine.find_script(tenant_id uuid, script text)
  returns pgscript.scripts
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  found_script pgscript.scripts;
begin
  select script.* into found_script
  from pgscript.scripts as script
  where script.tenant_id = find_script.tenant_id and script.name = find_script.script and script.status <> 'archived';

  if found_script.id is null and find_script.script ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    select script.* into found_script
    from pgscript.scripts as script
    where script.tenant_id = find_script.tenant_id
      and script.id = find_script.script::uuid
      and script.status <> 'archived';
  end if;
  if found_script.id is null then
    raise exception using
      errcode = 'PS404', constraint = 'script_not_found', column = 'script',
      message = format('The tenant has no script named %L.', left(find_script.script, 100)),
      hint = 'Names are case-sensitive; archived scripts do not run.';
  end if;
  return found_script;
end
$$;

comment on function pgscript_engine.find_script(uuid, text) is
  'The tenant''s living script of that name or id. Raises script_not_found.';

alter function pgscript_engine.find_script(uuid, text) owner to pgscript_engine;
revoke all on function pgscript_engine.find_script(uuid, text) from public;
