create or replace function pgscript_engine.cache_get(capability text, tenant_id uuid, script_id uuid, key text)
  returns table (value jsonb)
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  select entry.value
  from pgscript_engine.cache_entries as entry
  where pgscript_engine.require_node(cache_get.capability) is not null
    and entry.tenant_id = cache_get.tenant_id and entry.script_id = cache_get.script_id and entry.key = cache_get.key
    and entry.expires_at > clock_timestamp();
$$;

comment on function pgscript_engine.cache_get(text, uuid, uuid, text) is
  'What a script has cached under a key; no row where there is nothing, or its time is over.';

alter function pgscript_engine.cache_get(text, uuid, uuid, text) owner to pgscript_engine;
revoke all on function pgscript_engine.cache_get(text, uuid, uuid, text) from public;
grant execute on function pgscript_engine.cache_get(text, uuid, uuid, text) to pgscript_node;
