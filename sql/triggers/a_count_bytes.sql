-- One function for every table whose rows count towards a tenant's bytes: the cache, storage, documents.
-- A statement costs one change of the counter, whose row is locked last, until the commit.
create or replace function pgscript_engine.count_bytes()
  returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    perform pgscript_engine.add_bytes(tg_argv[0], delta.tenant_id, delta.bytes)
    from (
      select added.tenant_id, sum(added.bytes)::bigint as bytes from added group by added.tenant_id
    ) as delta;
  elsif tg_op = 'DELETE' then
    perform pgscript_engine.add_bytes(tg_argv[0], delta.tenant_id, -delta.bytes)
    from (
      select removed.tenant_id, sum(removed.bytes)::bigint as bytes from removed group by removed.tenant_id
    ) as delta;
  else
    perform pgscript_engine.add_bytes(tg_argv[0], delta.tenant_id, delta.bytes)
    from (
      select changed.tenant_id, sum(changed.bytes)::bigint as bytes
      from (
        select added.tenant_id, added.bytes from added
        union all
        select removed.tenant_id, -removed.bytes from removed
      ) as changed
      group by changed.tenant_id
    ) as delta
    where delta.bytes <> 0;
  end if;
  return null;
end
$$;
comment on function pgscript_engine.count_bytes() is 'Carries the bytes of added, changed and removed rows over to the tenant''s counter.';
alter function pgscript_engine.count_bytes() owner to pgscript_engine;
revoke all on function pgscript_engine.count_bytes() from public;
