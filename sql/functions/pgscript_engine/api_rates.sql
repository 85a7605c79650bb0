create or replace function pgscript_engine.api_rates(capability text, tenant_id uuid, script_id uuid)
  returns jsonb
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'tenant', coalesce(tenant.quotas -> 'api_calls_per_minute', '{}'),
    'script', coalesce((
      select version.limits -> 'api_calls_per_minute'
      from pgscript.scripts as script
      join pgscript.script_versions as version
        on version.tenant_id = script.tenant_id and version.script_id = script.id
        and version.version = coalesce(script.active_version, script.latest_version)
      where script.tenant_id = tenant.id and script.id = api_rates.script_id
    ), '{}')
  )
  from pgscript.tenants as tenant
  where pgscript_engine.require_node(api_rates.capability) is not null and tenant.id = api_rates.tenant_id;
$$;

comment on function pgscript_engine.api_rates(text, uuid, uuid) is
  'How many API calls a minute a tenant and a script may make, by kind; what is not in it has no limit.';

alter function pgscript_engine.api_rates(text, uuid, uuid) owner to pgscript_engine;
revoke all on function pgscript_engine.api_rates(text, uuid, uuid) from public;
grant execute on function pgscript_engine.api_rates(text, uuid, uuid) to pgscript_node;
