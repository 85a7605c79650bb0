create or replace function pgscript_engine.store_compiled_code(
  capability text, tenant_id uuid, script_id uuid, version integer, engine text, code_hash bytea, compiled bytea
)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  most_of_a_tenant constant bigint := 8 * 1024 * 1024;
  most_of_all constant bigint := 128 * 1024 * 1024;
begin
  perform pgscript_engine.require_node(store_compiled_code.capability);
  insert into pgscript_engine.code_cache as cached (
    tenant_id, script_id, version, engine, code_hash, compiled
  ) values (
    store_compiled_code.tenant_id, store_compiled_code.script_id, store_compiled_code.version,
    store_compiled_code.engine, store_compiled_code.code_hash, store_compiled_code.compiled
  )
  on conflict (tenant_id, script_id, version, engine)
  do update set code_hash = excluded.code_hash, compiled = excluded.compiled, used_at = now();

  -- What nobody uses any more, such as what another V8 has left; then what is too much, oldest first. Rows
  -- that another node is about to take away are left to it.
  with leaving as materialized (
    select extra.ctid as row
    from pgscript_engine.code_cache as extra
    join (
      select
        kept.tenant_id, kept.script_id, kept.version, kept.engine,
        sum(length(kept.compiled)) over (order by kept.used_at desc, kept.ctid) as of_all,
        sum(length(kept.compiled)) over (
          partition by kept.tenant_id order by kept.used_at desc, kept.ctid
        ) as of_tenant
      from pgscript_engine.code_cache as kept
    ) as ranked using (tenant_id, script_id, version, engine)
    where extra.used_at < now() - interval '30 days'
      or ranked.of_all > most_of_all
      or ranked.of_tenant > most_of_a_tenant
    for update of extra skip locked
  )
  delete from pgscript_engine.code_cache as cached
  where cached.ctid in (select leaving.row from leaving);
end
$$;

comment on function pgscript_engine.store_compiled_code(text, uuid, uuid, integer, text, bytea, bytea) is
  'Keeps V8''s compiled form of a version, and gives up what is too much: over 8 MB of a tenant, over 128 MB of all, or unused for 30 days. Needs the capability of a node.';

alter function pgscript_engine.store_compiled_code(text, uuid, uuid, integer, text, bytea, bytea) owner to pgscript_engine;
revoke all on function pgscript_engine.store_compiled_code(text, uuid, uuid, integer, text, bytea, bytea) from public;
grant execute on function pgscript_engine.store_compiled_code(text, uuid, uuid, integer, text, bytea, bytea) to pgscript_node;
