-- A tenant comes with its queue and the built-in roles.
create or replace function pgscript_engine.furnish_tenant()
  returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  insert into pgscript_engine.tenant_queues (tenant_id) values (new.id);
  insert into pgscript.roles (tenant_id, name, description, is_built_in) values
    (new.id, 'admin', 'Everything', true),
    (new.id, 'developer', 'Scripts and executions', true),
    (new.id, 'viewer', 'Reading', true);
  insert into pgscript.role_permissions (tenant_id, role, permission)
  select new.id, built_in.role, permission.name
  from (values ('admin'), ('developer'), ('viewer')) as built_in (role)
  cross join pgscript.permissions as permission
  where built_in.role = 'admin'
    or (built_in.role = 'developer' and permission.name in (
      'scripts.read', 'scripts.create', 'scripts.update', 'scripts.execute', 'executions.read', 'dead_letters.manage'
    ))
    or (built_in.role = 'viewer' and permission.name in ('scripts.read', 'executions.read'));
  return null;
end
$$;
comment on function pgscript_engine.furnish_tenant() is 'Gives a new tenant its queue and its built-in roles.';
alter function pgscript_engine.furnish_tenant() owner to pgscript_engine;
revoke all on function pgscript_engine.furnish_tenant() from public;

create or replace trigger furnish after insert on pgscript.tenants
  for each row execute function pgscript_engine.furnish_tenant();
