alter table pgscript_private.host_roles enable row level security;
alter table pgscript_private.host_roles force row level security;

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript_private.host_roles;
create policy engine on pgscript_private.host_roles to pgscript_engine using (true) with check (true);

grant select, insert, delete on pgscript_private.host_roles to pgscript_engine;
