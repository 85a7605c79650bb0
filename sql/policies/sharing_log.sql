alter table pgscript_engine.sharing_log enable row level security;
alter table pgscript_engine.sharing_log force row level security;

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript_engine.sharing_log;
create policy engine on pgscript_engine.sharing_log to pgscript_engine using (true) with check (true);

-- No update or delete: what was shared stays written.
grant select, insert on pgscript_engine.sharing_log to pgscript_engine;
