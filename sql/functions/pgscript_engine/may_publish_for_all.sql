create or replace function pgscript_engine.may_publish_for_all()
  returns boolean
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select case
    when coalesce(current_setting('pgscript.context', true), '') <> '' then pgscript.is_operator()
    else exists (
      select from pgscript_private.host_roles as host
      join pg_catalog.pg_roles as role on role.oid = host.role_oid and host.table_oid = host.tableoid
      where host.tenant_id = '00000000-0000-0000-0000-000000000000'
        and pg_has_role(coalesce(nullif(current_setting('role', true), 'none'), session_user), role.oid, 'usage')
    )
  end;
$$;

comment on function pgscript_engine.may_publish_for_all() is
  'Whether the caller acts for every tenant, and so may learn which there are: an operator, or a host role that was granted all.';

alter function pgscript_engine.may_publish_for_all() owner to pgscript_engine;
revoke all on function pgscript_engine.may_publish_for_all() from public;
grant execute on function pgscript_engine.may_publish_for_all() to pgscript_integrator;
