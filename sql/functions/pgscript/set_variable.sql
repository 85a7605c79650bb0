create or replace function pgscript.set_variable(tenant_key text, name text, value jsonb, description text default null)
  returns pgscript.variables
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  this_tenant uuid := pgscript_engine.authorize(set_variable.tenant_key, 'settings.manage');
  before pgscript.variables;
  after pgscript.variables;
begin
  perform pgscript_engine.check_setting_name('name', set_variable.name);
  perform pgscript_engine.check_description(set_variable.description);
  if set_variable.value is null or octet_length(set_variable.value::text) > 65536 then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_value', column = 'value',
      message = 'value: must be JSON of at most 64 KB.';
  end if;
  select variable.* into before
  from pgscript.variables as variable
  where variable.tenant_id = this_tenant and variable.name = set_variable.name
  for update;
  if not found and (
    select count(*) from pgscript.variables as variable where variable.tenant_id = this_tenant
  ) >= 1000 then
    raise exception using
      errcode = 'PS409', constraint = 'too_many_variables', column = 'name',
      message = 'The tenant has 1000 variables, the most there can be.', hint = 'Delete one that is not needed.';
  end if;
  insert into pgscript.variables as variable (tenant_id, name, value, description, updated_by)
  values (
    this_tenant, set_variable.name, set_variable.value, coalesce(set_variable.description, ''),
    pgscript.current_user_id()
  )
  on conflict (tenant_id, name) do update
  set
    value = excluded.value, description = coalesce(set_variable.description, variable.description),
    updated_at = now(), updated_by = excluded.updated_by
  returning variable.* into after;
  perform pgscript_engine.audit(
    this_tenant, 'variable.set', 'variable', after.name,
    case when before.name is not null then jsonb_build_object('value', before.value) end,
    jsonb_build_object('value', after.value)
  );
  return after;
end
$$;

comment on function pgscript.set_variable(text, text, jsonb, text) is
  'Sets a variable that every script of the tenant may read; a null description stays as it is. Needs settings.manage.';

alter function pgscript.set_variable(text, text, jsonb, text) owner to pgscript_engine;
revoke all on function pgscript.set_variable(text, text, jsonb, text) from public;
grant execute on function pgscript.set_variable(text, text, jsonb, text) to pgscript_user, pgscript_operator, pgscript_integrator;
