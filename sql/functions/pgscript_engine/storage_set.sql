create or replace function pgscript_engine.storage_set(capability text, tenant_id uuid, key text, value jsonb)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  perform pgscript_engine.admit_call(storage_set.capability, storage_set.tenant_id);
  insert into pgscript_engine.stored_values as stored (tenant_id, key, value, bytes)
  values (
    storage_set.tenant_id, storage_set.key, storage_set.value,
    octet_length(storage_set.key) + octet_length(storage_set.value::text)
  )
  on conflict (tenant_id, key) do update
  set value = excluded.value, bytes = excluded.bytes, updated_at = now();
  perform pgscript_engine.check_stored_bytes(storage_set.tenant_id);
end
$$;

comment on function pgscript_engine.storage_set(text, uuid, text, jsonb) is
  'Keeps a value under a key of the tenant, within its quota of stored bytes.';

alter function pgscript_engine.storage_set(text, uuid, text, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.storage_set(text, uuid, text, jsonb) from public;
grant execute on function pgscript_engine.storage_set(text, uuid, text, jsonb) to pgscript_node;
