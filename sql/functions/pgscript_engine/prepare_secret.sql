create or replace function pgscript_engine.prepare_secret(tenant_key text, name text)
  returns table (tenant_id uuid, version integer)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  this_tenant uuid := pgscript_engine.authorize(prepare_secret.tenant_key, 'secrets.manage');
begin
  perform pgscript_engine.check_setting_name('name', prepare_secret.name);
  return query
  select this_tenant, coalesce(max(secret.version), 0) + 1
  from pgscript.secrets as secret
  where secret.tenant_id = this_tenant and secret.name = prepare_secret.name;
end
$$;

comment on function pgscript_engine.prepare_secret(text, text) is
  'What a node must know to encrypt a new value of a secret: the tenant, and the version that it will be. Needs secrets.manage.';

alter function pgscript_engine.prepare_secret(text, text) owner to pgscript_engine;
revoke all on function pgscript_engine.prepare_secret(text, text) from public;
grant execute on function pgscript_engine.prepare_secret(text, text) to pgscript_node;
