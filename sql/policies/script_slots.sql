alter table pgscript_engine.script_slots enable row level security;
alter table pgscript_engine.script_slots force row level security;

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript_engine.script_slots;
create policy engine on pgscript_engine.script_slots to pgscript_engine using (true) with check (true);

grant select, insert, update on pgscript_engine.script_slots to pgscript_engine;
