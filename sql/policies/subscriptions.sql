alter table pgscript_engine.subscriptions enable row level security;
alter table pgscript_engine.subscriptions force row level security;

drop policy if exists tenant_isolation on pgscript_engine.subscriptions;
create policy tenant_isolation on pgscript_engine.subscriptions for select to pgscript_user
  using (
    tenant_id = (select pgscript.current_tenant_id())
    and (select pgscript.has_permission('scripts.read'))
  );

drop policy if exists operator on pgscript_engine.subscriptions;
create policy operator on pgscript_engine.subscriptions for select to pgscript_operator
  using ((select pgscript.is_operator()));

-- A role of the host platform, one that administers, sees the tenants it was granted.
drop policy if exists host on pgscript_engine.subscriptions;
create policy host on pgscript_engine.subscriptions for select to pgscript_integrator
  using (tenant_id in (select pgscript_engine.host_tenants(true)));

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript_engine.subscriptions;
create policy engine on pgscript_engine.subscriptions to pgscript_engine using (true) with check (true);

grant select on pgscript_engine.subscriptions to pgscript_user, pgscript_operator, pgscript_integrator;
grant select, insert, update, delete on pgscript_engine.subscriptions to pgscript_engine;

-- What an earlier version has made is made as this one does. To be counted up when refresh_subscriptions changes: 1.
select pgscript_engine.remake_subscriptions();
