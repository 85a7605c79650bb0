create or replace function pgscript_engine.storage_get(capability text, tenant_id uuid, key text)
  returns table (value jsonb)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select stored.value
  from pgscript_engine.stored_values as stored
  where pgscript_engine.require_node(storage_get.capability) is not null
    and stored.tenant_id = storage_get.tenant_id and stored.key = storage_get.key;
$$;

comment on function pgscript_engine.storage_get(text, uuid, text) is
  'What a tenant keeps under a key; no row where there is nothing.';

alter function pgscript_engine.storage_get(text, uuid, text) owner to pgscript_engine;
revoke all on function pgscript_engine.storage_get(text, uuid, text) from public;
grant execute on function pgscript_engine.storage_get(text, uuid, text) to pgscript_node;
