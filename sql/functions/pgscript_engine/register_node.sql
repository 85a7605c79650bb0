create or replace function pgscript_engine.register_node(
  node_id text, version text, roles text[], installation_key text, capability text,
  lease interval default interval '1 minute'
)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- The login alone is not enough: SQL that somehow ran under it could mint itself a capability.
  if not exists (
    select from pgscript_private.installation_keys as key
    where key.hash = sha256(convert_to(register_node.installation_key, 'UTF8')) and key.revoked_at is null
  ) then
    raise exception using
      errcode = 'PS403', constraint = 'installation_key_refused',
      message = 'This node''s PGSCRIPT_SECRET is not the one with which the database was migrated.',
      hint = 'Give every node the same PGSCRIPT_SECRET, or run `pgscript migrate` with the new one.';
  end if;
  insert into pgscript_engine.nodes as node (id, version, roles, capability_hash, alive_until)
  values (
    register_node.node_id, register_node.version, register_node.roles,
    sha256(convert_to(register_node.capability, 'UTF8')), clock_timestamp() + register_node.lease
  )
  on conflict (id) do update
  set
    version = excluded.version, roles = excluded.roles, capability_hash = excluded.capability_hash,
    asleep = false, started_at = now(), seen_at = now(), alive_until = excluded.alive_until;
end
$$;

comment on function pgscript_engine.register_node(text, text, text[], text, text, interval) is
  'Makes a process a node: from here its capability opens tenant contexts and its id may hold leases.';

alter function pgscript_engine.register_node(text, text, text[], text, text, interval) owner to pgscript_engine;
revoke all on function pgscript_engine.register_node(text, text, text[], text, text, interval) from public;
grant execute on function pgscript_engine.register_node(text, text, text[], text, text, interval) to pgscript_node;
