create or replace function pgscript_engine.cache_delete(capability text, tenant_id uuid, script_id uuid, key text)
  returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  was_there boolean;
begin
  perform pgscript_engine.require_node(cache_delete.capability);
  delete from pgscript_engine.cache_entries as entry
  where entry.tenant_id = cache_delete.tenant_id
    and entry.script_id = cache_delete.script_id and entry.key = cache_delete.key
  returning entry.expires_at > clock_timestamp() into was_there;
  return coalesce(was_there, false);
end
$$;

comment on function pgscript_engine.cache_delete(text, uuid, uuid, text) is
  'Takes a key out of a script''s cache; whether something was there.';

alter function pgscript_engine.cache_delete(text, uuid, uuid, text) owner to pgscript_engine;
revoke all on function pgscript_engine.cache_delete(text, uuid, uuid, text) from public;
grant execute on function pgscript_engine.cache_delete(text, uuid, uuid, text) to pgscript_node;
