create or replace function pgscript.change_secret(
  tenant_key text, name text, description text default null, scripts text[] default null
)
  returns pgscript.secrets
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  this_tenant uuid := pgscript_engine.authorize(change_secret.tenant_key, 'secrets.manage');
  allowed uuid[] := pgscript_engine.resolve_scripts(this_tenant, change_secret.scripts);
  before pgscript.secrets;
  after pgscript.secrets;
begin
  perform pgscript_engine.check_description(change_secret.description);
  select secret.* into before
  from pgscript.secrets as secret
  where secret.tenant_id = this_tenant and secret.name = change_secret.name
  for update;
  if not found then
    raise exception using
      errcode = 'PS404', constraint = 'secret_not_found', column = 'name',
      message = format('The tenant has no secret named %L.', left(change_secret.name, 100));
  end if;
  update pgscript.secrets as secret
  set
    description = coalesce(change_secret.description, secret.description),
    scripts = case when change_secret.scripts is null then secret.scripts else allowed end,
    updated_at = now(), updated_by = pgscript.current_user_id()
  where secret.tenant_id = this_tenant and secret.name = change_secret.name
  returning secret.* into after;
  perform pgscript_engine.audit(
    this_tenant, 'secret.changed', 'secret', after.name,
    jsonb_build_object('description', before.description, 'scripts', before.scripts),
    jsonb_build_object('description', after.description, 'scripts', after.scripts)
  );
  return after;
end
$$;

comment on function pgscript.change_secret(text, text, text, text[]) is
  'Changes who may read a secret, and its description; what is null stays. scripts: names or ids; * alone lets every script of the tenant read it. Needs secrets.manage.';

alter function pgscript.change_secret(text, text, text, text[]) owner to pgscript_engine;
revoke all on function pgscript.change_secret(text, text, text, text[]) from public;
grant execute on function pgscript.change_secret(text, text, text, text[]) to pgscript_user, pgscript_operator, pgscript_integrator;
