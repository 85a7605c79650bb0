create or replace function pgscript_engine.cache_expire(
  capability text, tenant_id uuid, script_id uuid, key text, ttl_seconds integer
)
  returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform pgscript_engine.require_node(cache_expire.capability);
  update pgscript_engine.cache_entries as entry
  set expires_at = clock_timestamp() + make_interval(secs => cache_expire.ttl_seconds)
  where entry.tenant_id = cache_expire.tenant_id
    and entry.script_id = cache_expire.script_id and entry.key = cache_expire.key
    and entry.expires_at > clock_timestamp();
  return found;
end
$$;

comment on function pgscript_engine.cache_expire(text, uuid, uuid, text, integer) is
  'Lets a key of a script''s cache end so long from now; whether it was there.';

alter function pgscript_engine.cache_expire(text, uuid, uuid, text, integer) owner to pgscript_engine;
revoke all on function pgscript_engine.cache_expire(text, uuid, uuid, text, integer) from public;
grant execute on function pgscript_engine.cache_expire(text, uuid, uuid, text, integer) to pgscript_node;
