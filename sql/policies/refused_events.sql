alter table pgscript_engine.refused_events enable row level security;
alter table pgscript_engine.refused_events force row level security;

drop policy if exists operator on pgscript_engine.refused_events;
create policy operator on pgscript_engine.refused_events for select to pgscript_operator
  using ((select pgscript.is_operator()));

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript_engine.refused_events;
create policy engine on pgscript_engine.refused_events to pgscript_engine using (true) with check (true);

grant select on pgscript_engine.refused_events to pgscript_operator;
grant select, insert, delete on pgscript_engine.refused_events to pgscript_engine;
