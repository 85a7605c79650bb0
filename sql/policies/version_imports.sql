alter table pgscript.version_imports enable row level security;
alter table pgscript.version_imports force row level security;

drop policy if exists tenant_isolation on pgscript.version_imports;
create policy tenant_isolation on pgscript.version_imports for select to pgscript_user
  using (
    tenant_id = (select pgscript.current_tenant_id())
    and (select pgscript.has_permission('scripts.read'))
  );

drop policy if exists operator on pgscript.version_imports;
create policy operator on pgscript.version_imports for select to pgscript_operator
  using ((select pgscript.is_operator()));

-- A role of the host platform, one that administers, sees the tenants it was granted.
drop policy if exists host on pgscript.version_imports;
create policy host on pgscript.version_imports for select to pgscript_integrator
  using (tenant_id in (select pgscript_engine.host_tenants(true)));

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript.version_imports;
create policy engine on pgscript.version_imports to pgscript_engine using (true) with check (true);

grant select on pgscript.version_imports to pgscript_user, pgscript_operator, pgscript_integrator;
-- No update or delete for anyone, the engine included: history never changes.
grant select, insert on pgscript.version_imports to pgscript_engine;
