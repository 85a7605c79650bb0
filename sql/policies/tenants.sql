alter table pgscript.tenants enable row level security;
alter table pgscript.tenants force row level security;

drop policy if exists tenant_isolation on pgscript.tenants;
create policy tenant_isolation on pgscript.tenants for select to pgscript_user
  using (id = (select pgscript.current_tenant_id()));

drop policy if exists operator on pgscript.tenants;
create policy operator on pgscript.tenants for select to pgscript_operator
  using ((select pgscript.is_operator()));

-- A role of the host platform sees the tenants it was granted.
drop policy if exists host on pgscript.tenants;
create policy host on pgscript.tenants for select to pgscript_integrator
  using (id in (select pgscript_engine.host_tenants()));

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript.tenants;
create policy engine on pgscript.tenants to pgscript_engine using (true) with check (true);

grant select on pgscript.tenants to pgscript_user, pgscript_operator, pgscript_integrator;
-- No write grant: tenants change through upsert_tenant.
grant select, insert, update on pgscript.tenants to pgscript_engine;
