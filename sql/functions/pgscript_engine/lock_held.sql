create or replace function pgscript_engine.lock_held(node_id text, tenant_ids uuid[], ids uuid[], fences integer[])
  returns table (place integer, tenant_id uuid, id uuid, script_id uuid)
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  -- Running is who has been claimed by somebody; said so, for the index of running rows by node would
  -- otherwise be read, with every entry that this node has left in it since the last vacuum.
  -- An execution that is named twice is held once: it must not be counted, or given back, twice.
  select min(held.place)::integer, held.tenant_id, held.id, held.script_id
  from (
    select named.place, execution.tenant_id, execution.id, execution.script_id
    from unnest(lock_held.tenant_ids, lock_held.ids, lock_held.fences) with ordinality as named (tenant_id, id, fence, place)
    join pgscript_engine.live_executions as execution
      on execution.tenant_id = named.tenant_id and execution.id = named.id and execution.fence = named.fence
    where execution.claimed_by = lock_held.node_id
    order by execution.tenant_id, execution.id
    for update of execution
  ) as held
  group by held.tenant_id, held.id, held.script_id;
$$;

comment on function pgscript_engine.lock_held(text, uuid[], uuid[], integer[]) is
  'Locks those of the named executions that the node holds under the named fence, in the order every ledger function locks; returns them with their places in the arrays, from 1.';

alter function pgscript_engine.lock_held(text, uuid[], uuid[], integer[]) owner to pgscript_engine;
revoke all on function pgscript_engine.lock_held(text, uuid[], uuid[], integer[]) from public;
