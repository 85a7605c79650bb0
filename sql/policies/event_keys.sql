alter table pgscript_engine.event_keys enable row level security;
alter table pgscript_engine.event_keys force row level security;

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript_engine.event_keys;
create policy engine on pgscript_engine.event_keys to pgscript_engine using (true) with check (true);

grant select, insert, delete on pgscript_engine.event_keys to pgscript_engine;
