create or replace function pgscript_engine.settings_for(tenant_id uuid)
  returns jsonb
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select pgscript_engine.effective_settings(coalesce(
    (select tenant.settings from pgscript.tenants as tenant where tenant.id = settings_for.tenant_id), '{}'
  ));
$$;

comment on function pgscript_engine.settings_for(uuid) is
  'The settings of a run that is no saved script: the tenant''s, or the defaults where there is no such tenant.';

alter function pgscript_engine.settings_for(uuid) owner to pgscript_engine;
revoke all on function pgscript_engine.settings_for(uuid) from public;
grant execute on function pgscript_engine.settings_for(uuid) to pgscript_node;
