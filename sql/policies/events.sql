-- Of the whole; of its parts, unjudged_events only is written to by itself.
alter table pgscript.events enable row level security;
alter table pgscript.events force row level security;

drop policy if exists tenant_isolation on pgscript.events;
create policy tenant_isolation on pgscript.events for select to pgscript_user
  using (
    tenant_id = (select pgscript.current_tenant_id())
    and (select pgscript.has_permission('executions.read'))
  );

drop policy if exists operator on pgscript.events;
create policy operator on pgscript.events for select to pgscript_operator
  using ((select pgscript.is_operator()));

-- A role of the host platform sees the tenants it was granted.
drop policy if exists host on pgscript.events;
create policy host on pgscript.events for select to pgscript_integrator
  using (tenant_id in (select pgscript_engine.host_tenants()));

-- The one table that is written from outside: publishing is an INSERT. Only for the tenants granted, and
-- only the columns below; the rest is the trigger's.
drop policy if exists host_publishes on pgscript.events;
create policy host_publishes on pgscript.events for insert to pgscript_integrator
  -- Who may for all is not asked which there are: that would read every tenant for each statement.
  with check (
    (select pgscript_engine.may_publish_for_all()) or tenant_id in (select pgscript_engine.host_tenants())
    -- A trigger of the host's on what a script writes, which runs in the script's transaction.
    or tenant_id = (select pgscript.current_tenant_id())
  );

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript.events;
create policy engine on pgscript.events to pgscript_engine using (true) with check (true);

grant select on pgscript.events to pgscript_user, pgscript_operator, pgscript_integrator;
grant insert (tenant_key, type, payload, idempotency_key) on pgscript.events to pgscript_integrator;
-- Updated only within the statement that inserts, where a quota refuses it.
grant select, insert, update on pgscript.events to pgscript_engine;
