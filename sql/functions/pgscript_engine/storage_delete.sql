create or replace function pgscript_engine.storage_delete(capability text, tenant_id uuid, key text)
  returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform pgscript_engine.require_node(storage_delete.capability);
  delete from pgscript_engine.stored_values as stored
  where stored.tenant_id = storage_delete.tenant_id and stored.key = storage_delete.key;
  return found;
end
$$;

comment on function pgscript_engine.storage_delete(text, uuid, text) is
  'Deletes what a tenant keeps under a key; whether something was there.';

alter function pgscript_engine.storage_delete(text, uuid, text) owner to pgscript_engine;
revoke all on function pgscript_engine.storage_delete(text, uuid, text) from public;
grant execute on function pgscript_engine.storage_delete(text, uuid, text) to pgscript_node;
