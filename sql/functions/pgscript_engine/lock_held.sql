create or replace function pgscript_engine.lock_held(node_id text, tenant_ids uuid[], ids uuid[], fences integer[])
  returns integer[]
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(held.place), '{}')
  from (
    select named.place
    from unnest(lock_held.tenant_ids, lock_held.ids, lock_held.fences) with ordinality as named (tenant_id, id, fence, place)
    join pgscript_engine.live_executions as execution
      on execution.tenant_id = named.tenant_id and execution.id = named.id and execution.fence = named.fence
    where execution.status = 'running' and execution.claimed_by = lock_held.node_id
    order by execution.tenant_id, execution.id
    for update of execution
  ) as held;
$$;

comment on function pgscript_engine.lock_held(text, uuid[], uuid[], integer[]) is
  'Locks those of the named executions that the node holds under the named fence, in the order every ledger function locks; returns their places in the arrays.';

alter function pgscript_engine.lock_held(text, uuid[], uuid[], integer[]) owner to pgscript_engine;
revoke all on function pgscript_engine.lock_held(text, uuid[], uuid[], integer[]) from public;
