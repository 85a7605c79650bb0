-- A tenant comes with its queue and the built-in roles.
create or replace function pgscript_engine.furnish_tenant()
  returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  insert into pgscript_engine.tenant_queues (tenant_id) values (new.id);
  insert into pgscript_engine.tenant_limits (tenant_id, max_running)
  values (new.id, (pgscript_engine.effective_limits(new.limits, '{}') ->> 'concurrent_runs_per_tenant')::integer);
  insert into pgscript_engine.tenant_slots (tenant_id) values (new.id);
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

-- The claim reads the concurrency limits beside its counters; here they follow what was set. Nothing that
-- a claim or a completion locks is touched: this transaction may stay open.
create or replace function pgscript_engine.apply_tenant_limits()
  returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  update pgscript_engine.tenant_limits as limits
  set max_running = (pgscript_engine.effective_limits(new.limits, '{}') ->> 'concurrent_runs_per_tenant')::integer
  where limits.tenant_id = new.id;
  -- In one order, for a script's own change may come at the same time.
  with changed as materialized (
    select limits.tenant_id, limits.script_id
    from pgscript_engine.script_limits as limits
    where limits.tenant_id = new.id
      and limits.max_running <> pgscript_engine.script_concurrency(limits.tenant_id, limits.script_id)
    order by limits.tenant_id, limits.script_id
    for update
  )
  update pgscript_engine.script_limits as limits
  set max_running = pgscript_engine.script_concurrency(limits.tenant_id, limits.script_id)
  from changed
  where limits.tenant_id = changed.tenant_id and limits.script_id = changed.script_id;
  -- How often an event script is tried again is among the limits.
  perform pgscript_engine.refresh_subscriptions(new.id);
  perform pgscript_engine.ring_doorbell();
  return null;
end
$$;
comment on function pgscript_engine.apply_tenant_limits() is 'Carries a tenant''s changed concurrency limits over to the claim.';
alter function pgscript_engine.apply_tenant_limits() owner to pgscript_engine;
revoke all on function pgscript_engine.apply_tenant_limits() from public;

create or replace trigger apply_limits after update of limits, status on pgscript.tenants
  for each row when (new.limits is distinct from old.limits or new.status is distinct from old.status)
  execute function pgscript_engine.apply_tenant_limits();

create or replace function pgscript_engine.announce_tenant()
  returns trigger
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_notify('pgscript_script_changed', new.id::text);
  return null;
end
$$;
comment on function pgscript_engine.announce_tenant() is
  'Tells the nodes to drop what they remember of all of a tenant''s scripts: they run with its name, limits and settings.';
alter function pgscript_engine.announce_tenant() owner to pgscript_engine;
revoke all on function pgscript_engine.announce_tenant() from public;

create or replace trigger z_announce after update of key, name, limits, settings on pgscript.tenants
  for each row when (
    (new.key, new.name, new.limits, new.settings) is distinct from (old.key, old.name, old.limits, old.settings)
  )
  execute function pgscript_engine.announce_tenant();
