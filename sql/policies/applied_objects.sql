alter table pgscript_private.applied_objects enable row level security;
alter table pgscript_private.applied_objects force row level security;

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript_private.applied_objects;
create policy engine on pgscript_private.applied_objects to pgscript_engine using (true) with check (true);

grant select on pgscript_private.applied_objects to pgscript_engine;
