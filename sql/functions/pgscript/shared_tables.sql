create or replace function pgscript.shared_tables()
  returns table (
    name text, source text, tenant_column text, columns text[], access text[], global boolean, shared_by text
  )
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select
    view.relname::text, reads.source::text, reads.tenant_column,
    array(
      select field.attname::text from pg_catalog.pg_attribute as field
      where field.attrelid = view.oid and field.attnum > 0 order by field.attnum
    ),
    array(
      select right_on.access
      from (values (1, 'read', 'SELECT'), (2, 'insert', 'INSERT'), (3, 'update', 'UPDATE'), (4, 'delete', 'DELETE'))
        as right_on (rank, access, privilege)
      where exists (
        select from aclexplode(view.relacl) as given
        where given.grantee = 'pgscript_script'::regrole and given.privilege_type = right_on.privilege
        union all
        select from pg_catalog.pg_attribute as field
        cross join lateral aclexplode(field.attacl) as given
        where field.attrelid = view.oid
          and given.grantee = 'pgscript_script'::regrole and given.privilege_type = right_on.privilege
      )
      order by right_on.rank
    ),
    reads.tenant_column is null, view.relowner::regrole::text
  from pgscript_engine.shared_views() as reads
  join pg_catalog.pg_class as view on view.oid = reads.view
  order by view.relname;
$$;

comment on function pgscript.shared_tables() is
  'What is shared with scripts: the name they use, the host''s table, the column that says whose a row is, what they see and may do, and to whom the view belongs.';

alter function pgscript.shared_tables() owner to pgscript_engine;
revoke all on function pgscript.shared_tables() from public;
-- Not to users: the names of the platform's tables are not the tenants' business.
grant execute on function pgscript.shared_tables() to pgscript_operator, pgscript_integrator;
