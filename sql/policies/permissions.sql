alter table pgscript.permissions enable row level security;
alter table pgscript.permissions force row level security;

drop policy if exists readable on pgscript.permissions;
create policy readable on pgscript.permissions for select to pgscript_user, pgscript_operator using (true);

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript.permissions;
create policy engine on pgscript.permissions to pgscript_engine using (true) with check (true);

grant select on pgscript.permissions to pgscript_user, pgscript_operator;
grant select on pgscript.permissions to pgscript_engine;
