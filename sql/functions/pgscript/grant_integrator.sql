create or replace function pgscript.grant_integrator(role text, tenant_keys text[] default null)
  returns void
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- Invoker: granting needs the caller's own right to grant, which no function of ours carries.
  execute format('grant pgscript_integrator to %I', grant_integrator.role);
  perform pgscript_engine.record_integrator(grant_integrator.role, grant_integrator.tenant_keys, false);
end
$$;

comment on function pgscript.grant_integrator(text, text[]) is
  'Lets a database role of the host platform run scripts from plain SQL, for these tenants only (null: all); '
  'what was granted to the role before is replaced. For the role that installed pgscript.';

alter function pgscript.grant_integrator(text, text[]) owner to pgscript_owner;
revoke all on function pgscript.grant_integrator(text, text[]) from public;
grant execute on function pgscript.grant_integrator(text, text[]) to pgscript_integrator;
