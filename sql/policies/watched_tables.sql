alter table pgscript_engine.watched_tables enable row level security;
alter table pgscript_engine.watched_tables force row level security;

drop policy if exists operator on pgscript_engine.watched_tables;
create policy operator on pgscript_engine.watched_tables for select to pgscript_operator
  using ((select pgscript.is_operator()));

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript_engine.watched_tables;
create policy engine on pgscript_engine.watched_tables to pgscript_engine using (true) with check (true);

grant select on pgscript_engine.watched_tables to pgscript_operator;
grant select, insert, update, delete on pgscript_engine.watched_tables to pgscript_engine;

-- What an earlier version has made for watched tables is made as this one does. To be counted up when
-- make_watch, or what it calls, changes: 19.
select pgscript_engine.remake_watches();
