alter table pgscript_engine.event_usage enable row level security;
alter table pgscript_engine.event_usage force row level security;

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript_engine.event_usage;
create policy engine on pgscript_engine.event_usage to pgscript_engine using (true) with check (true);

grant select, insert, update, delete on pgscript_engine.event_usage to pgscript_engine;
