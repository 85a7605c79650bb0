create or replace function pgscript_engine.add_bytes(counter text, tenant_id uuid, bytes bigint)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  if add_bytes.counter = 'cache' then
    insert into pgscript_engine.cache_usage as usage (tenant_id, bytes)
    values (add_bytes.tenant_id, add_bytes.bytes)
    on conflict (tenant_id) do update set bytes = usage.bytes + excluded.bytes;
  else
    insert into pgscript_engine.tenant_data as data (tenant_id, bytes)
    values (add_bytes.tenant_id, add_bytes.bytes)
    on conflict (tenant_id) do update set bytes = data.bytes + excluded.bytes;
  end if;
end
$$;

comment on function pgscript_engine.add_bytes(text, uuid, bigint) is
  'Adds to the bytes that a tenant has in the cache, or else in storage and collections; for the triggers of those tables.';

alter function pgscript_engine.add_bytes(text, uuid, bigint) owner to pgscript_engine;
revoke all on function pgscript_engine.add_bytes(text, uuid, bigint) from public;
