create or replace function pgscript_engine.require_node(capability text)
  returns text
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  node_id text;
begin
  select node.id into node_id
  from pgscript_engine.nodes as node
  where node.capability_hash = sha256(convert_to(require_node.capability, 'UTF8'));
  if not found then
    raise exception using
      errcode = 'PS403', constraint = 'capability_refused',
      message = 'No registered node has this capability.',
      hint = 'Nodes register at start; a node that was taken for lost registers again.';
  end if;
  return node_id;
end
$$;

comment on function pgscript_engine.require_node(text) is
  'The id of the registered node whose capability this is. Raises capability_refused. The login alone is not enough for what shows or opens tenants'' data: SQL that somehow ran under it does not know the capability.';

alter function pgscript_engine.require_node(text) owner to pgscript_engine;
revoke all on function pgscript_engine.require_node(text) from public;
