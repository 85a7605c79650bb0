create or replace function pgscript_engine.check_share(
  source regclass, tenant_column text, columns text[], access text[], name text, global boolean
)
  returns void
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
declare
  kind "char";
  home text;
  is_written boolean := check_share.access && array['insert', 'update', 'delete'];
  code text;
  field text;
  reason text;
begin
  if not has_schema_privilege('pgscript_shared', 'create') or not has_schema_privilege('pgscript_shared', 'usage') then
    raise exception using
      errcode = 'PS403', constraint = 'permission_denied',
      message = format('The database role %I may not share tables.', current_user),
      hint = 'As the role that installed pgscript: grant usage, create on schema pgscript_shared to the role.';
  end if;
  select relation.relkind, schema.nspname into kind, home
  from pg_catalog.pg_class as relation
  join pg_catalog.pg_namespace as schema on schema.oid = relation.relnamespace
  where relation.oid = check_share.source;

  select judged.code, judged.field, judged.reason into code, field, reason
  from (values
    (1, kind not in ('r', 'p', 'v'), 'invalid_source', 'source', 'must be a table, a partitioned table or a view'),
    (
      2, home ~ '^(pg_.*|information_schema|pgscript(_engine|_private|_shared|_boss)?)$',
      'invalid_source', 'source', 'must be a table of yours, not of PostgreSQL or pgscript'
    ),
    (3, check_share.access <@ array['read', 'insert', 'update', 'delete'] is not true, 'invalid_access', 'access', 'must be of read, insert, update, delete, write'),
    (4, kind = 'v' and is_written, 'invalid_access', 'access', 'a view can be shared for reading only'),
    (5, check_share.global and is_written, 'invalid_access', 'access', 'a global table can be shared for reading only'),
    (
      6, check_share.name !~ '^[a-z_][a-z0-9_]{0,62}$' or check_share.name ~ '^pg_',
      'invalid_name', 'name', 'must be a–z, 0–9 and _, 63 at most, and not begin with pg_'
    ),
    (7, check_share.global and check_share.tenant_column is not null, 'invalid_tenant_column', 'tenant_column', 'a global table has none'),
    (
      8, not check_share.global and not exists (
        select from pg_catalog.pg_attribute as field
        where field.attrelid = check_share.source and field.attname = check_share.tenant_column
          and field.attnum > 0 and not field.attisdropped
      ),
      'invalid_tenant_column', 'tenant_column', 'must name the column that says whose a row is; or share the table with global => true'
    ),
    (
      9, exists (
        select from unnest(check_share.columns) as wanted (name)
        where wanted.name is null or not exists (
          select from pg_catalog.pg_attribute as field
          where field.attrelid = check_share.source and field.attname = wanted.name
            and field.attnum > 0 and not field.attisdropped
        )
      ) or cardinality(check_share.columns) = 0,
      'invalid_columns', 'columns', 'must name columns of the table'
    )
  ) as judged (rank, is_fault, code, field, reason)
  where judged.is_fault
  order by judged.rank
  limit 1;
  if found then
    raise exception using
      errcode = 'PS422', constraint = code, column = field, message = format('%s: %s.', field, reason);
  end if;
  if to_regclass(format('pgscript_shared.%I', check_share.name)) is not null then
    raise exception using
      errcode = 'PS409', constraint = 'already_shared', column = 'name',
      message = format('name: %I is shared already.', check_share.name),
      hint = 'Take it back first with pgscript.unshare_table, or give another name.';
  end if;
end
$$;

comment on function pgscript_engine.check_share(regclass, text, text[], text[], text, boolean) is
  'Raises unless the arguments of share_table fit each other and the table.';

alter function pgscript_engine.check_share(regclass, text, text[], text[], text, boolean) owner to pgscript_owner;
revoke all on function pgscript_engine.check_share(regclass, text, text[], text[], text, boolean) from public;
grant execute on function pgscript_engine.check_share(regclass, text, text[], text[], text, boolean) to pgscript_integrator;
