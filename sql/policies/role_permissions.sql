alter table pgscript.role_permissions enable row level security;
alter table pgscript.role_permissions force row level security;

drop policy if exists tenant_isolation on pgscript.role_permissions;
create policy tenant_isolation on pgscript.role_permissions for select to pgscript_user
  using (tenant_id = (select pgscript.current_tenant_id()));

drop policy if exists operator on pgscript.role_permissions;
create policy operator on pgscript.role_permissions for select to pgscript_operator
  using ((select pgscript.is_operator()));

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript.role_permissions;
create policy engine on pgscript.role_permissions to pgscript_engine using (true) with check (true);

grant select on pgscript.role_permissions to pgscript_user, pgscript_operator;
grant select, insert, delete on pgscript.role_permissions to pgscript_engine;
