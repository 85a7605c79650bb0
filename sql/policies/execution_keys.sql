alter table pgscript_engine.execution_keys enable row level security;
alter table pgscript_engine.execution_keys force row level security;

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript_engine.execution_keys;
create policy engine on pgscript_engine.execution_keys to pgscript_engine using (true) with check (true);

grant select, insert, update, delete on pgscript_engine.execution_keys to pgscript_engine;
