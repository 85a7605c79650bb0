alter table pgscript_engine.cancel_requests enable row level security;
alter table pgscript_engine.cancel_requests force row level security;

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript_engine.cancel_requests;
create policy engine on pgscript_engine.cancel_requests to pgscript_engine using (true) with check (true);

grant select, insert, delete on pgscript_engine.cancel_requests to pgscript_engine;
