create or replace function pgscript_engine.applied_files()
  returns table (kind text, name text, hash text)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select 'migration', applied.name, applied.hash from pgscript_private.applied_migrations as applied
  union all
  select 'object', applied.path, applied.hash from pgscript_private.applied_objects as applied
  union all
  select 'version', installation.version, '' from pgscript_private.installation as installation
  union all
  -- After a dump was restored, or where the installing role was dropped: what was written down holds for nobody.
  select 'lost_installer', '', ''
  where not exists (
    select from pgscript_private.host_roles as host
    join pg_catalog.pg_roles as role on role.oid = host.role_oid and host.table_oid = host.tableoid
    where host.may_administer
  );
$$;

comment on function pgscript_engine.applied_files() is
  'What this database was brought to: its migrations and objects with their hashes, the version that did it, and whether nobody is left who administers it.';

alter function pgscript_engine.applied_files() owner to pgscript_engine;
revoke all on function pgscript_engine.applied_files() from public;
grant execute on function pgscript_engine.applied_files() to pgscript_node, pgscript_integrator;
