alter table pgscript.memberships enable row level security;
alter table pgscript.memberships force row level security;

drop policy if exists tenant_isolation on pgscript.memberships;
create policy tenant_isolation on pgscript.memberships for select to pgscript_user
  using (tenant_id = (select pgscript.current_tenant_id()));

drop policy if exists operator on pgscript.memberships;
create policy operator on pgscript.memberships for select to pgscript_operator
  using ((select pgscript.is_operator()));

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript.memberships;
create policy engine on pgscript.memberships to pgscript_engine using (true) with check (true);

grant select on pgscript.memberships to pgscript_user, pgscript_operator;
-- No write grant: memberships change through set_membership.
grant select, insert, update, delete on pgscript.memberships to pgscript_engine;
