alter table pgscript.scripts enable row level security;
alter table pgscript.scripts force row level security;

drop policy if exists tenant_isolation on pgscript.scripts;
create policy tenant_isolation on pgscript.scripts for select to pgscript_user
  using (
    tenant_id = (select pgscript.current_tenant_id())
    and (select pgscript.has_permission('scripts.read'))
  );

drop policy if exists operator on pgscript.scripts;
create policy operator on pgscript.scripts for select to pgscript_operator
  using ((select pgscript.is_operator()));

-- A role of the host platform, one that administers, sees the tenants it was granted.
drop policy if exists host on pgscript.scripts;
create policy host on pgscript.scripts for select to pgscript_integrator
  using (tenant_id in (select pgscript_engine.host_tenants(true)));

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript.scripts;
create policy engine on pgscript.scripts to pgscript_engine using (true) with check (true);

grant select on pgscript.scripts to pgscript_user, pgscript_operator, pgscript_integrator;
-- No insert, update or delete: a script changes only through save_script and its kin.
grant select, insert, update on pgscript.scripts to pgscript_engine;
