alter table pgscript.event_types enable row level security;
alter table pgscript.event_types force row level security;

drop policy if exists readable on pgscript.event_types;
create policy readable on pgscript.event_types for select to pgscript_user, pgscript_operator, pgscript_integrator using (true);

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript.event_types;
create policy engine on pgscript.event_types to pgscript_engine using (true) with check (true);

grant select on pgscript.event_types to pgscript_user, pgscript_operator, pgscript_integrator;
grant select, insert, update, delete on pgscript.event_types to pgscript_engine;
