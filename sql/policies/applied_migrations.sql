alter table pgscript_private.applied_migrations enable row level security;
alter table pgscript_private.applied_migrations force row level security;

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript_private.applied_migrations;
create policy engine on pgscript_private.applied_migrations to pgscript_engine using (true) with check (true);

grant select on pgscript_private.applied_migrations to pgscript_engine;
