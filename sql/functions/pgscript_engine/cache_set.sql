create or replace function pgscript_engine.cache_set(
  capability text, tenant_id uuid, script_id uuid, key text, value jsonb, ttl_seconds integer, most_bytes bigint
)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  perform pgscript_engine.admit_call(cache_set.capability, cache_set.tenant_id);
  insert into pgscript_engine.cache_entries as entry (tenant_id, script_id, key, value, bytes, expires_at)
  values (
    cache_set.tenant_id, cache_set.script_id, cache_set.key, cache_set.value,
    octet_length(cache_set.key) + octet_length(cache_set.value::text),
    clock_timestamp() + make_interval(secs => cache_set.ttl_seconds)
  )
  on conflict (tenant_id, script_id, key) do update
  set value = excluded.value, bytes = excluded.bytes, expires_at = excluded.expires_at;
  perform pgscript_engine.cache_make_room(cache_set.tenant_id, cache_set.script_id, cache_set.key, cache_set.most_bytes);
end
$$;

comment on function pgscript_engine.cache_set(text, uuid, uuid, text, jsonb, integer, bigint) is
  'Caches a value under a key of a script, for so long; what would end soonest makes room for it.';

alter function pgscript_engine.cache_set(text, uuid, uuid, text, jsonb, integer, bigint) owner to pgscript_engine;
revoke all on function pgscript_engine.cache_set(text, uuid, uuid, text, jsonb, integer, bigint) from public;
grant execute on function pgscript_engine.cache_set(text, uuid, uuid, text, jsonb, integer, bigint) to pgscript_node;
