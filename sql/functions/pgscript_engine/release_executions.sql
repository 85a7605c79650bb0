create or replace function pgscript_engine.release_executions(
  node_id text, tenant_ids uuid[], ids uuid[], fences integer[], lost boolean
)
  returns integer
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  held_tenants uuid[];
  held_ids uuid[];
  held_scripts uuid[];
  requeued integer;
begin
  select array_agg(holding.tenant_id), array_agg(holding.id), array_agg(holding.script_id)
  into held_tenants, held_ids, held_scripts
  from pgscript_engine.lock_held(
    release_executions.node_id, release_executions.tenant_ids, release_executions.ids, release_executions.fences
  ) as holding;
  requeued := pgscript_engine.requeue_or_fail(held_tenants, held_ids, release_executions.lost);
  perform pgscript_engine.take_off_running(held_tenants, held_scripts);
  return requeued;
end
$$;

comment on function pgscript_engine.release_executions(text, uuid[], uuid[], integer[], boolean) is
  'Gives back executions that the node holds: unharmed when it drains, or lost through the death of a sandbox host that was not their fault. Returns how many went back to the queue.';

alter function pgscript_engine.release_executions(text, uuid[], uuid[], integer[], boolean) owner to pgscript_engine;
revoke all on function pgscript_engine.release_executions(text, uuid[], uuid[], integer[], boolean) from public;
grant execute on function pgscript_engine.release_executions(text, uuid[], uuid[], integer[], boolean) to pgscript_node;
