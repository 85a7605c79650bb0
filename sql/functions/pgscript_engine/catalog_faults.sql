create or replace function pgscript_engine.catalog_faults()
  returns table (code text, object text, fault text, remedy text)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select * from pgscript_engine.table_faults()
  union all select * from pgscript_engine.policy_faults()
  union all select * from pgscript_engine.grant_faults()
  union all select * from pgscript_engine.view_faults()
  union all select * from pgscript_engine.function_faults()
  union all select * from pgscript_engine.role_faults()
  union all select * from pgscript_engine.membership_faults()
  order by 1, 2, 3;
$$;

comment on function pgscript_engine.catalog_faults() is
  'Everything in this database''s catalog, and in its roles, that would weaken the isolation of tenants, with a remedy for each; no row when all is well.';

alter function pgscript_engine.catalog_faults() owner to pgscript_engine;
revoke all on function pgscript_engine.catalog_faults() from public;
grant execute on function pgscript_engine.catalog_faults() to pgscript_node, pgscript_integrator;
