create or replace function pgscript.revoke_integrator(role text)
  returns void
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
  -- That a role was no member is no news.
  set client_min_messages = error
as $$
declare
  host text;
begin
  host := pgscript_engine.forget_integrator(revoke_integrator.role);
  -- Of one that was dropped nothing is left but what we had written down.
  if host is not null then
    -- Invoker, as grant_integrator is.
    execute format('revoke pgscript_integrator from %I', host);
  end if;
end
$$;

comment on function pgscript.revoke_integrator(text) is
  'Takes from a database role of the host platform what grant_integrator gave it. For the role that installed pgscript.';

alter function pgscript.revoke_integrator(text) owner to pgscript_owner;
revoke all on function pgscript.revoke_integrator(text) from public;
grant execute on function pgscript.revoke_integrator(text) to pgscript_integrator;
