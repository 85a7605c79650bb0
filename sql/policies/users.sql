alter table pgscript.users enable row level security;
alter table pgscript.users force row level security;

drop policy if exists tenant_isolation on pgscript.users;
create policy tenant_isolation on pgscript.users for select to pgscript_user
  using (
    exists (
    select from pgscript.memberships as membership
    where membership.tenant_id = (select pgscript.current_tenant_id()) and membership.user_id = users.id
  )
  );

drop policy if exists operator on pgscript.users;
create policy operator on pgscript.users for select to pgscript_operator
  using ((select pgscript.is_operator()));

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript.users;
create policy engine on pgscript.users to pgscript_engine using (true) with check (true);

grant select on pgscript.users to pgscript_user, pgscript_operator;
grant select, insert, update on pgscript.users to pgscript_engine;
