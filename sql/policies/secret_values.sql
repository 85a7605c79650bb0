alter table pgscript_private.secret_values enable row level security;
alter table pgscript_private.secret_values force row level security;

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript_private.secret_values;
create policy engine on pgscript_private.secret_values to pgscript_engine using (true) with check (true);

-- Nobody but the engine; and what it shows, only nodes can read.
grant select, insert, update, delete on pgscript_private.secret_values to pgscript_engine;
