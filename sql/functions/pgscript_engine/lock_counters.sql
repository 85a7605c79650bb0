create or replace function pgscript_engine.lock_counters(tenant_ids uuid[], script_ids uuid[])
  returns void
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  select from pgscript_engine.tenant_slots as slots
  where slots.tenant_id = any (lock_counters.tenant_ids)
  order by slots.tenant_id
  for update;

  select from pgscript_engine.script_slots as slots
  where (slots.tenant_id, slots.script_id) in (
    select * from unnest(lock_counters.tenant_ids, lock_counters.script_ids)
  )
  order by slots.tenant_id, slots.script_id
  for update;
$$;

comment on function pgscript_engine.lock_counters(uuid[], uuid[]) is
  'Locks the counters of these tenants and scripts, element by element of the arrays, in the one order there is. Whoever changes counters more than once in a transaction locks all of them first.';

alter function pgscript_engine.lock_counters(uuid[], uuid[]) owner to pgscript_engine;
revoke all on function pgscript_engine.lock_counters(uuid[], uuid[]) from public;
