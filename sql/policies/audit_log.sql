alter table pgscript.audit_log enable row level security;
alter table pgscript.audit_log force row level security;

drop policy if exists tenant_isolation on pgscript.audit_log;
create policy tenant_isolation on pgscript.audit_log for select to pgscript_user
  using (
    tenant_id = (select pgscript.current_tenant_id())
    and (select pgscript.has_permission('audit.read'))
  );

drop policy if exists operator on pgscript.audit_log;
create policy operator on pgscript.audit_log for select to pgscript_operator
  using ((select pgscript.is_operator()));

-- A role of the host platform, one that administers, sees the tenants it was granted.
drop policy if exists host on pgscript.audit_log;
create policy host on pgscript.audit_log for select to pgscript_integrator
  using (tenant_id in (select pgscript_engine.host_tenants(true)));

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript.audit_log;
create policy engine on pgscript.audit_log to pgscript_engine using (true) with check (true);

grant select on pgscript.audit_log to pgscript_user, pgscript_operator, pgscript_integrator;
-- The engine may only add: nobody can unwrite what was done.
grant select, insert on pgscript.audit_log to pgscript_engine;
