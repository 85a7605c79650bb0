create or replace function pgscript_engine.limits_for(tenant_id uuid, wanted jsonb)
  returns jsonb
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  tenant_limits jsonb := (select tenant.limits from pgscript.tenants as tenant where tenant.id = limits_for.tenant_id);
begin
  perform pgscript_engine.check_limits(limits_for.tenant_id, limits_for.wanted);
  return pgscript_engine.effective_limits(coalesce(tenant_limits, '{}'), limits_for.wanted);
end
$$;

comment on function pgscript_engine.limits_for(uuid, jsonb) is
  'The limits of a run that is no saved script: what is asked for, checked as save_script checks it, within the tenant''s.';

alter function pgscript_engine.limits_for(uuid, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.limits_for(uuid, jsonb) from public;
grant execute on function pgscript_engine.limits_for(uuid, jsonb) to pgscript_node;
