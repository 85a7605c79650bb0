create or replace function pgscript_engine.deregister_node(node_id text)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  held_tenants uuid[];
  held_ids uuid[];
  held_scripts uuid[];
begin
  -- A node that drained holds nothing. One that could not reach the database for longer than its
  -- leases has dropped its runs; nobody else would look for them under a name that is gone.
  select array_agg(held.tenant_id), array_agg(held.id), array_agg(held.script_id)
  into held_tenants, held_ids, held_scripts
  from (
    select execution.tenant_id, execution.id, execution.script_id
    from pgscript_engine.live_executions as execution
    where execution.claimed_by = deregister_node.node_id and execution.status = 'running'
    order by execution.tenant_id, execution.id
    for update
  ) as held;
  if held_ids is not null then
    perform pgscript_engine.requeue_or_fail(held_tenants, held_ids, true);
  end if;
  delete from pgscript_engine.nodes as node where node.id = deregister_node.node_id;
  perform pgscript_engine.take_off_running(held_tenants, held_scripts);
end
$$;

comment on function pgscript_engine.deregister_node(text) is
  'The last act of a node that stops in order: what it still holds goes back to the queue, and its capability opens nothing from here on.';

alter function pgscript_engine.deregister_node(text) owner to pgscript_engine;
revoke all on function pgscript_engine.deregister_node(text) from public;
grant execute on function pgscript_engine.deregister_node(text) to pgscript_node;
