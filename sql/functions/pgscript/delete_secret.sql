create or replace function pgscript.delete_secret(tenant_key text, name text)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  this_tenant uuid := pgscript_engine.authorize(delete_secret.tenant_key, 'secrets.manage');
begin
  delete from pgscript.secrets as secret
  where secret.tenant_id = this_tenant and secret.name = delete_secret.name;
  if not found then
    raise exception using
      errcode = 'PS404', constraint = 'secret_not_found', column = 'name',
      message = format('The tenant has no secret named %L.', left(delete_secret.name, 100));
  end if;
  perform pgscript_engine.audit(this_tenant, 'secret.deleted', 'secret', delete_secret.name);
end
$$;

comment on function pgscript.delete_secret(text, text) is
  'Deletes a secret and its value at once. Needs secrets.manage.';

alter function pgscript.delete_secret(text, text) owner to pgscript_engine;
revoke all on function pgscript.delete_secret(text, text) from public;
grant execute on function pgscript.delete_secret(text, text) to pgscript_user, pgscript_operator, pgscript_integrator;
