create or replace function pgscript.current_tenant_id()
  returns uuid
  language sql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
as $$
  select nullif((pgscript_private.verified_context())[1], '')::uuid;
$$;

comment on function pgscript.current_tenant_id() is
  'The tenant of this transaction as signed by enter(); null when there is none.';

alter function pgscript.current_tenant_id() owner to pgscript_engine;
revoke all on function pgscript.current_tenant_id() from public;
grant execute on function pgscript.current_tenant_id() to pgscript_node, pgscript_script, pgscript_user, pgscript_operator, pgscript_integrator;
