alter table pgscript_engine.execution_history enable row level security;
alter table pgscript_engine.execution_history force row level security;

drop policy if exists tenant_isolation on pgscript_engine.execution_history;
create policy tenant_isolation on pgscript_engine.execution_history for select to pgscript_user
  using (
    tenant_id = (select pgscript.current_tenant_id())
    and (select pgscript.has_permission('executions.read'))
  );

drop policy if exists operator on pgscript_engine.execution_history;
create policy operator on pgscript_engine.execution_history for select to pgscript_operator
  using ((select pgscript.is_operator()));

-- A role of the host platform sees the tenants it was granted.
drop policy if exists host on pgscript_engine.execution_history;
create policy host on pgscript_engine.execution_history for select to pgscript_integrator
  using (tenant_id in (select pgscript_engine.host_tenants()));

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript_engine.execution_history;
create policy engine on pgscript_engine.execution_history to pgscript_engine using (true) with check (true);

grant select on pgscript_engine.execution_history to pgscript_user, pgscript_operator, pgscript_integrator;
-- The engine may only add: finished executions leave with their partition.
grant select, insert on pgscript_engine.execution_history to pgscript_engine;

-- What finished after its week's partition was gone leaves row by row, and is reached by its own name.
drop policy if exists engine on pgscript_engine.execution_history_other;
create policy engine on pgscript_engine.execution_history_other to pgscript_engine using (true) with check (true);
grant select, delete on pgscript_engine.execution_history_other to pgscript_engine;
