create or replace function pgscript_engine.forget_expired_cache()
  returns integer
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  tenant uuid;
  batch integer;
  forgotten integer := 0;
begin
  for tenant in select usage.tenant_id from pgscript_engine.cache_usage as usage where usage.bytes > 0 loop
    with ended as materialized (
      select entry.script_id, entry.key
      from pgscript_engine.cache_entries as entry
      where entry.tenant_id = tenant and entry.expires_at <= clock_timestamp()
      order by entry.expires_at
      limit 10000
      for update skip locked
    )
    delete from pgscript_engine.cache_entries as entry
    using ended
    where entry.tenant_id = tenant and entry.script_id = ended.script_id and entry.key = ended.key;
    get diagnostics batch = row_count;
    forgotten := forgotten + batch;
    -- The tenant's counter is locked until the commit: no longer than for a thousandth of a second or so each.
    exit when forgotten >= 10000;
  end loop;
  return forgotten;
end
$$;

comment on function pgscript_engine.forget_expired_cache() is
  'Removes entries of the cache whose time is over, 10,000 or so at once; nobody could read them any more. Returns how many.';

alter function pgscript_engine.forget_expired_cache() owner to pgscript_engine;
revoke all on function pgscript_engine.forget_expired_cache() from public;
grant execute on function pgscript_engine.forget_expired_cache() to pgscript_node;
