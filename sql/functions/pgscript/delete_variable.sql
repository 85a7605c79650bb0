create or replace function pgscript.delete_variable(tenant_key text, name text)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  this_tenant uuid := pgscript_engine.authorize(delete_variable.tenant_key, 'settings.manage');
  deleted pgscript.variables;
begin
  delete from pgscript.variables as variable
  where variable.tenant_id = this_tenant and variable.name = delete_variable.name
  returning variable.* into deleted;
  if not found then
    raise exception using
      errcode = 'PS404', constraint = 'variable_not_found', column = 'name',
      message = format('The tenant has no variable named %L.', left(delete_variable.name, 100));
  end if;
  perform pgscript_engine.audit(
    this_tenant, 'variable.deleted', 'variable', deleted.name, jsonb_build_object('value', deleted.value)
  );
end
$$;

comment on function pgscript.delete_variable(text, text) is
  'Deletes a variable. Needs settings.manage.';

alter function pgscript.delete_variable(text, text) owner to pgscript_engine;
revoke all on function pgscript.delete_variable(text, text) from public;
grant execute on function pgscript.delete_variable(text, text) to pgscript_user, pgscript_operator, pgscript_integrator;
