alter table pgscript_private.api_key_hashes enable row level security;
alter table pgscript_private.api_key_hashes force row level security;

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript_private.api_key_hashes;
create policy engine on pgscript_private.api_key_hashes to pgscript_engine using (true) with check (true);

-- Nobody but the engine, and it never shows them.
grant select, insert on pgscript_private.api_key_hashes to pgscript_engine;
