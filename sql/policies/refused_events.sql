alter table pgscript.refused_events enable row level security;
alter table pgscript.refused_events force row level security;

drop policy if exists operator on pgscript.refused_events;
create policy operator on pgscript.refused_events for select to pgscript_operator
  using ((select pgscript.is_operator()));

-- A host role that was granted every tenant, as the installing role is, may know which there are not.
drop policy if exists host on pgscript.refused_events;
create policy host on pgscript.refused_events for select to pgscript_integrator
  using ((select pgscript_engine.may_publish_for_all()));

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript.refused_events;
create policy engine on pgscript.refused_events to pgscript_engine using (true) with check (true);

grant select on pgscript.refused_events to pgscript_operator, pgscript_integrator;
grant select, insert, delete on pgscript.refused_events to pgscript_engine;
