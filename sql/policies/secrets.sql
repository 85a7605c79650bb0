alter table pgscript.secrets enable row level security;
alter table pgscript.secrets force row level security;

-- Names are no secret: who writes scripts must know what there is.
drop policy if exists tenant_isolation on pgscript.secrets;
create policy tenant_isolation on pgscript.secrets for select to pgscript_user
  using (
    tenant_id = (select pgscript.current_tenant_id())
    and (select pgscript.has_permission('scripts.read'))
  );

drop policy if exists operator on pgscript.secrets;
create policy operator on pgscript.secrets for select to pgscript_operator
  using ((select pgscript.is_operator()));

-- The engine's functions act for every tenant and check for themselves; nobody can become it.
drop policy if exists engine on pgscript.secrets;
create policy engine on pgscript.secrets to pgscript_engine using (true) with check (true);

grant select on pgscript.secrets to pgscript_user, pgscript_operator;
-- No write grant: secrets change through functions.
grant select, insert, update, delete on pgscript.secrets to pgscript_engine;
