create or replace function pgscript_engine.cache_make_room(tenant_id uuid, script_id uuid, key text, most_bytes bigint)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  excess bigint := (
    select usage.bytes - cache_make_room.most_bytes
    from pgscript_engine.cache_usage as usage
    where usage.tenant_id = cache_make_room.tenant_id
  );
  freed bigint := 0;
  leaving record;
  scripts uuid[] := '{}';
  keys text[] := '{}';
begin
  if coalesce(excess, 0) <= 0 then
    return;
  end if;
  -- A little more than needed, so that not every write to a full cache has to do it. Rows that others
  -- are writing are skipped: two writers never wait for each other here.
  for leaving in
    select entry.script_id, entry.key, entry.bytes
    from pgscript_engine.cache_entries as entry
    where entry.tenant_id = cache_make_room.tenant_id
      and (entry.script_id, entry.key) <> (cache_make_room.script_id, cache_make_room.key)
    order by entry.expires_at
    for update skip locked
  loop
    scripts := scripts || leaving.script_id;
    keys := keys || leaving.key;
    freed := freed + leaving.bytes;
    exit when freed >= excess + cache_make_room.most_bytes / 16;
  end loop;
  if freed < excess then
    raise exception using
      errcode = 'PS429', constraint = 'cache_full', column = 'cache_bytes',
      message = format('The cache has no room: the tenant may have %s bytes in it.', cache_make_room.most_bytes),
      hint = 'Cache less, or for a shorter time; an operator can raise the limit cache_bytes.';
  end if;
  delete from pgscript_engine.cache_entries as entry
  using unnest(scripts, keys) as left_out (script_id, key)
  where entry.tenant_id = cache_make_room.tenant_id
    and entry.script_id = left_out.script_id and entry.key = left_out.key;
end
$$;

comment on function pgscript_engine.cache_make_room(uuid, uuid, text, bigint) is
  'Takes out of a tenant''s cache what would end soonest, until what is in it fits; never the entry named. Raises cache_full where that does not suffice.';

alter function pgscript_engine.cache_make_room(uuid, uuid, text, bigint) owner to pgscript_engine;
revoke all on function pgscript_engine.cache_make_room(uuid, uuid, text, bigint) from public;
