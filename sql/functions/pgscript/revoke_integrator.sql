create or replace function pgscript.revoke_integrator(role text)
  returns void
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- Invoker, as grant_integrator is.
  perform pgscript_engine.record_integrator(revoke_integrator.role, '{}', false);
  -- Of one that was dropped nothing is left but what we had written down.
  if exists (select from pg_catalog.pg_roles as role where role.rolname = revoke_integrator.role) then
    execute format('revoke pgscript_integrator from %I', revoke_integrator.role);
  end if;
end
$$;

comment on function pgscript.revoke_integrator(text) is
  'Takes from a database role of the host platform what grant_integrator gave it. For the role that installed pgscript.';

alter function pgscript.revoke_integrator(text) owner to pgscript_owner;
revoke all on function pgscript.revoke_integrator(text) from public;
grant execute on function pgscript.revoke_integrator(text) to pgscript_integrator;
