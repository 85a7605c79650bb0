alter table pgscript_engine.unjudged_events enable row level security;
alter table pgscript_engine.unjudged_events force row level security;

-- Written to by itself where nobody listens to a watched table; read as a part of pgscript.events only.
drop policy if exists engine on pgscript_engine.unjudged_events;
create policy engine on pgscript_engine.unjudged_events for insert to pgscript_engine with check (true);

grant insert on pgscript_engine.unjudged_events to pgscript_engine;
