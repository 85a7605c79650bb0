alter table pgscript_engine.slot_leases enable row level security;
alter table pgscript_engine.slot_leases force row level security;

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript_engine.slot_leases;
create policy engine on pgscript_engine.slot_leases to pgscript_engine using (true) with check (true);

grant select, insert, update, delete on pgscript_engine.slot_leases to pgscript_engine;
grant usage on sequence pgscript_engine.slot_fences to pgscript_engine;
