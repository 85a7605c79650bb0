alter table pgscript.roles enable row level security;
alter table pgscript.roles force row level security;

drop policy if exists tenant_isolation on pgscript.roles;
create policy tenant_isolation on pgscript.roles for select to pgscript_user
  using (tenant_id = (select pgscript.current_tenant_id()));

drop policy if exists operator on pgscript.roles;
create policy operator on pgscript.roles for select to pgscript_operator
  using ((select pgscript.is_operator()));

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript.roles;
create policy engine on pgscript.roles to pgscript_engine using (true) with check (true);

grant select on pgscript.roles to pgscript_user, pgscript_operator;
grant select, insert, update, delete on pgscript.roles to pgscript_engine;
