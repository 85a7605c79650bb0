create or replace function pgscript_engine.sync_tenant_rows(keys text[], names text[])
  returns integer
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform pgscript_engine.require_operator();
  perform pgscript_engine.upsert_tenants(sync_tenant_rows.keys, sync_tenant_rows.names);
  return coalesce(cardinality(sync_tenant_rows.keys), 0);
end
$$;

comment on function pgscript_engine.sync_tenant_rows(text[], text[]) is
  'upsert_tenants for who may administer every tenant; returns how many were named.';

alter function pgscript_engine.sync_tenant_rows(text[], text[]) owner to pgscript_engine;
revoke all on function pgscript_engine.sync_tenant_rows(text[], text[]) from public;
grant execute on function pgscript_engine.sync_tenant_rows(text[], text[]) to pgscript_integrator;
