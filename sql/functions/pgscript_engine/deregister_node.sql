create or replace function pgscript_engine.deregister_node(node_id text)
  returns void
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  delete from pgscript_engine.nodes as node where node.id = deregister_node.node_id;
$$;

comment on function pgscript_engine.deregister_node(text) is
  'The last act of a node that stops in order; its capability opens nothing from here on.';

alter function pgscript_engine.deregister_node(text) owner to pgscript_engine;
revoke all on function pgscript_engine.deregister_node(text) from public;
grant execute on function pgscript_engine.deregister_node(text) to pgscript_node;
