create or replace function pgscript_engine.cache_increment(
  capability text, tenant_id uuid, script_id uuid, key text, amount bigint, ttl_seconds integer, most_bytes bigint
)
  returns bigint
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  at timestamptz := clock_timestamp();
  result jsonb;
begin
  perform pgscript_engine.admit_call(cache_increment.capability, cache_increment.tenant_id);
  -- One statement, which locks the row: two that count at once both count.
  insert into pgscript_engine.cache_entries as entry (tenant_id, script_id, key, value, bytes, expires_at)
  values (
    cache_increment.tenant_id, cache_increment.script_id, cache_increment.key, to_jsonb(cache_increment.amount),
    octet_length(cache_increment.key) + 16, at + make_interval(secs => cache_increment.ttl_seconds)
  )
  on conflict (tenant_id, script_id, key) do update
  set
    value = case
      when entry.expires_at <= clock_timestamp() then excluded.value
      when jsonb_typeof(entry.value) = 'number' then to_jsonb((entry.value)::numeric + cache_increment.amount)
      else entry.value
    end,
    bytes = case
      when entry.expires_at <= clock_timestamp() or jsonb_typeof(entry.value) = 'number' then excluded.bytes
      else entry.bytes
    end,
    -- A counter that is counted up does not live longer for it.
    expires_at = case when entry.expires_at <= clock_timestamp() then excluded.expires_at else entry.expires_at end
  returning entry.value into result;
  if jsonb_typeof(result) <> 'number' then
    raise exception using
      errcode = 'PS409', constraint = 'not_a_number', column = 'key',
      message = 'cache.increment: what is cached under this key is not a number.';
  end if;
  if (result)::numeric % 1 <> 0 or abs((result)::numeric) > 9007199254740991 then
    raise exception using
      errcode = 'PS409', constraint = 'not_a_number', column = 'key',
      message = 'cache.increment: the result would be no whole number that JavaScript can hold.';
  end if;
  perform pgscript_engine.cache_make_room(
    cache_increment.tenant_id, cache_increment.script_id, cache_increment.key, cache_increment.most_bytes
  );
  return (result)::bigint;
end
$$;

comment on function pgscript_engine.cache_increment(text, uuid, uuid, text, bigint, integer, bigint) is
  'Adds to a number in a script''s cache, atomically, and returns the sum; a key that is not there counts as 0 and lives for ttl_seconds from then.';

alter function pgscript_engine.cache_increment(text, uuid, uuid, text, bigint, integer, bigint) owner to pgscript_engine;
revoke all on function pgscript_engine.cache_increment(text, uuid, uuid, text, bigint, integer, bigint) from public;
grant execute on function pgscript_engine.cache_increment(text, uuid, uuid, text, bigint, integer, bigint) to pgscript_node;
