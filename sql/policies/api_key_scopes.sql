alter table pgscript.api_key_scopes enable row level security;
alter table pgscript.api_key_scopes force row level security;

drop policy if exists tenant_isolation on pgscript.api_key_scopes;
create policy tenant_isolation on pgscript.api_key_scopes for select to pgscript_user
  using (
    tenant_id = (select pgscript.current_tenant_id())
    and (select pgscript.has_permission('members.manage'))
  );

drop policy if exists operator on pgscript.api_key_scopes;
create policy operator on pgscript.api_key_scopes for select to pgscript_operator
  using ((select pgscript.is_operator()));

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript.api_key_scopes;
create policy engine on pgscript.api_key_scopes to pgscript_engine using (true) with check (true);

grant select on pgscript.api_key_scopes to pgscript_user, pgscript_operator;
grant select, insert on pgscript.api_key_scopes to pgscript_engine;
