alter table pgscript.api_keys enable row level security;
alter table pgscript.api_keys force row level security;

drop policy if exists tenant_isolation on pgscript.api_keys;
create policy tenant_isolation on pgscript.api_keys for select to pgscript_user
  using (
    tenant_id = (select pgscript.current_tenant_id())
    and (select pgscript.has_permission('members.manage'))
  );

drop policy if exists operator on pgscript.api_keys;
create policy operator on pgscript.api_keys for select to pgscript_operator
  using ((select pgscript.is_operator()));

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript.api_keys;
create policy engine on pgscript.api_keys to pgscript_engine using (true) with check (true);

grant select on pgscript.api_keys to pgscript_user, pgscript_operator;
-- No write grant: keys are made by create_api_key and ended by revoke_api_key.
grant select, insert, update on pgscript.api_keys to pgscript_engine;
