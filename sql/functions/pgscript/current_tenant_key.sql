create or replace function pgscript.current_tenant_key()
  returns text
  language sql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
as $$
  select tenant.key
  from pgscript.tenants as tenant
  where tenant.id = nullif((pgscript_private.verified_context())[1], '')::uuid;
$$;

comment on function pgscript.current_tenant_key() is
  'The key of this transaction''s tenant: the platform''s own name for it; null when there is none. What shared tables are filtered by.';

alter function pgscript.current_tenant_key() owner to pgscript_engine;
revoke all on function pgscript.current_tenant_key() from public;
-- A view's functions run with its reader's rights; who shares a table must be able to name it.
grant execute on function pgscript.current_tenant_key() to pgscript_node, pgscript_script, pgscript_user, pgscript_operator, pgscript_integrator;
