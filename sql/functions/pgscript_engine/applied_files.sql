create or replace function pgscript_engine.applied_files()
  returns table (kind text, name text, hash text)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select 'migration', applied.name, applied.hash from pgscript_private.applied_migrations as applied
  union all
  select 'object', applied.path, applied.hash from pgscript_private.applied_objects as applied
  union all
  select 'version', installation.version, '' from pgscript_private.installation as installation;
$$;

comment on function pgscript_engine.applied_files() is
  'What this database was brought to: its migrations and objects with their hashes, and the version that did it.';

alter function pgscript_engine.applied_files() owner to pgscript_engine;
revoke all on function pgscript_engine.applied_files() from public;
grant execute on function pgscript_engine.applied_files() to pgscript_node, pgscript_integrator;
