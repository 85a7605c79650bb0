alter table pgscript_engine.setting_definitions enable row level security;
alter table pgscript_engine.setting_definitions force row level security;

drop policy if exists readable on pgscript_engine.setting_definitions;
create policy readable on pgscript_engine.setting_definitions for select to pgscript_user, pgscript_operator using (true);

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript_engine.setting_definitions;
create policy engine on pgscript_engine.setting_definitions to pgscript_engine using (true) with check (true);

grant select on pgscript_engine.setting_definitions to pgscript_user, pgscript_operator;
grant select on pgscript_engine.setting_definitions to pgscript_engine;
