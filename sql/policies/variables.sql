alter table pgscript.variables enable row level security;
alter table pgscript.variables force row level security;

drop policy if exists tenant_isolation on pgscript.variables;
create policy tenant_isolation on pgscript.variables for select to pgscript_user
  using (
    tenant_id = (select pgscript.current_tenant_id())
    and (select pgscript.has_permission('scripts.read'))
  );

drop policy if exists operator on pgscript.variables;
create policy operator on pgscript.variables for select to pgscript_operator
  using ((select pgscript.is_operator()));

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript.variables;
create policy engine on pgscript.variables to pgscript_engine using (true) with check (true);

grant select on pgscript.variables to pgscript_user, pgscript_operator;
-- No write grant: variables change through functions.
grant select, insert, update, delete on pgscript.variables to pgscript_engine;
