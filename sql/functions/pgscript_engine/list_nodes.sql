create or replace function pgscript_engine.list_nodes()
  returns table (id text, version text, roles text[], asleep boolean, seconds_since_seen double precision)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select
    node.id, node.version, node.roles, node.asleep,
    extract(epoch from clock_timestamp() - node.seen_at)::double precision
  from pgscript_engine.nodes as node
  order by node.started_at, node.id;
$$;

comment on function pgscript_engine.list_nodes() is
  'The registered nodes, with the seconds since each was last seen.';

alter function pgscript_engine.list_nodes() owner to pgscript_engine;
revoke all on function pgscript_engine.list_nodes() from public;
grant execute on function pgscript_engine.list_nodes() to pgscript_node, pgscript_integrator;
