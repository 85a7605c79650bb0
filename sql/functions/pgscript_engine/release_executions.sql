create or replace function pgscript_engine.release_executions(
  node_id text, tenant_ids uuid[], ids uuid[], fences integer[], lost boolean
)
  returns integer
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  held integer[] := pgscript_engine.lock_held(
    release_executions.node_id, release_executions.tenant_ids, release_executions.ids, release_executions.fences
  );
begin
  return pgscript_engine.requeue_or_fail(
    array(select release_executions.tenant_ids[place] from unnest(held) as place),
    array(select release_executions.ids[place] from unnest(held) as place),
    release_executions.lost
  );
end
$$;

comment on function pgscript_engine.release_executions(text, uuid[], uuid[], integer[], boolean) is
  'Gives back executions that the node holds: unharmed when it drains, or lost through the death of a sandbox host that was not their fault. Returns how many went back to the queue.';

alter function pgscript_engine.release_executions(text, uuid[], uuid[], integer[], boolean) owner to pgscript_engine;
revoke all on function pgscript_engine.release_executions(text, uuid[], uuid[], integer[], boolean) from public;
grant execute on function pgscript_engine.release_executions(text, uuid[], uuid[], integer[], boolean) to pgscript_node;
