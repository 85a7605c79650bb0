create or replace function pgscript_engine.stored_bytes(tenant_id uuid)
  returns bigint
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select coalesce((
    select sum(storage.bytes) from pgscript_engine.tenant_storage as storage
    where storage.tenant_id = stored_bytes.tenant_id
  ), 0)::bigint + coalesce((
    select data.bytes from pgscript_engine.tenant_data as data where data.tenant_id = stored_bytes.tenant_id
  ), 0);
$$;

comment on function pgscript_engine.stored_bytes(uuid) is
  'Bytes that are kept of a tenant: its finished executions, storage and collections.';

alter function pgscript_engine.stored_bytes(uuid) owner to pgscript_engine;
revoke all on function pgscript_engine.stored_bytes(uuid) from public;
