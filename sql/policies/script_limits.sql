alter table pgscript_engine.script_limits enable row level security;
alter table pgscript_engine.script_limits force row level security;

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript_engine.script_limits;
create policy engine on pgscript_engine.script_limits to pgscript_engine using (true) with check (true);

grant select, insert, update on pgscript_engine.script_limits to pgscript_engine;
