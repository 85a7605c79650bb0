create or replace function pgscript_engine.grant_faults()
  returns table (code text, object text, fault text, remedy text)
  language sql stable
  set search_path = pg_catalog, pg_temp
as $$
  with runtime (role) as (
    values
      ('pgscript_node'::regrole), ('pgscript_script'::regrole), ('pgscript_user'::regrole),
      ('pgscript_operator'::regrole), ('pgscript_integrator'::regrole)
  ),
  relation_grant as (
    select
      relation.oid, relation.oid::regclass as name, relation.relispartition, given.grantee, given.privilege_type,
      given.is_column
    from pg_catalog.pg_class as relation
    join pg_catalog.pg_namespace as schema on schema.oid = relation.relnamespace
    cross join lateral (
      select exploded.*, false as is_column from aclexplode(relation.relacl) as exploded
      union all
      select exploded.*, true
      from pg_catalog.pg_attribute as field
      cross join lateral aclexplode(field.attacl) as exploded
      where field.attrelid = relation.oid and not field.attisdropped
    ) as given
    where schema.nspname ~ '^pgscript(_engine|_private)?$'
  )
  select
    judged.code, given.name::text, format(judged.fault, given.privilege_type, given.grantee::regrole),
    format('revoke %s on %s from %s', given.privilege_type, given.name, coalesce(runtime.role::text, 'public'))
  from relation_grant as given
  left join runtime on runtime.role = given.grantee
  cross join lateral (values
    (given.grantee = 0, 'granted_to_public', 'everybody has %s on it'),
    (
      given.relispartition and runtime.role is not null,
      'partition_granted', '%s on a partition is granted to %s, past the policies of its parent'
    ),
    (
      runtime.role is not null and given.privilege_type <> 'SELECT'
        -- Publishing is an INSERT, of the columns that a publisher may choose.
        and not (given.privilege_type = 'INSERT' and given.is_column and given.oid = 'pgscript.events'::regclass),
      'write_granted', '%s is granted to %s; only functions of the engine write'
    )
  ) as judged (is_fault, code, fault)
  where judged.is_fault

  union all
  select
    case when runtime.role is null then 'granted_to_public' else 'schema_reachable' end, schema.nspname,
    case when runtime.role is null then format('everybody has %s on the schema', given.privilege_type)
      else format('%s on the schema is granted to %s', given.privilege_type, runtime.role) end,
    format('revoke %s on schema %I from %s', given.privilege_type, schema.nspname, coalesce(runtime.role::text, 'public'))
  from pg_catalog.pg_namespace as schema
  cross join lateral aclexplode(schema.nspacl) as given
  left join runtime on runtime.role = given.grantee
  where schema.nspname ~ '^pgscript(_engine|_private|_shared|_boss)?$'
    and (
      given.grantee = 0
      or runtime.role is not null and (given.privilege_type = 'CREATE' or schema.nspname ~ '_private$')
    );
$$;

comment on function pgscript_engine.grant_faults() is
  'Rights on tables and schemas that nobody should have: everybody''s, on partitions, to write, and any way into the private schema.';

alter function pgscript_engine.grant_faults() owner to pgscript_engine;
revoke all on function pgscript_engine.grant_faults() from public;
