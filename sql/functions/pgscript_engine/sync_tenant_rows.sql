create or replace function pgscript_engine.sync_tenant_rows(keys text[], names text[])
  returns integer
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  skipped bigint;
begin
  perform pgscript_engine.require_operator();
  select count(*) into skipped
  from unnest(sync_tenant_rows.keys) as given (key)
  where length(given.key) not between 1 and 200 or given.key ~ '[[:cntrl:]]' or given.key <> btrim(given.key);
  if skipped > 0 then
    raise warning '% rows have keys that no tenant can have, and were left out.', skipped
      using hint = 'A key is 1 to 200 printable characters without spaces at its ends.';
  end if;
  perform pgscript_engine.upsert_tenants(sync_tenant_rows.keys, sync_tenant_rows.names);
  return coalesce(cardinality(sync_tenant_rows.keys), 0);
end
$$;

comment on function pgscript_engine.sync_tenant_rows(text[], text[]) is
  'upsert_tenants for who may administer every tenant; returns how many were named.';

alter function pgscript_engine.sync_tenant_rows(text[], text[]) owner to pgscript_engine;
revoke all on function pgscript_engine.sync_tenant_rows(text[], text[]) from public;
grant execute on function pgscript_engine.sync_tenant_rows(text[], text[]) to pgscript_integrator;
