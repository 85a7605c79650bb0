create or replace function pgscript_engine.table_faults()
  returns table (code text, object text, fault text, remedy text)
  language sql stable
  set search_path = pg_catalog, pg_temp
as $$
  -- A partition is reached through its parent: the parent's policies and grants hold, so it has none.
  with our_table as (
    select
      relation.*, relation.oid::regclass::text as name,
      exists (
        select from pg_catalog.pg_attribute as field
        where field.attrelid = relation.oid and field.attname = 'tenant_id' and not field.attisdropped
      ) as is_tenants
    from pg_catalog.pg_class as relation
    join pg_catalog.pg_namespace as schema on schema.oid = relation.relnamespace
    where relation.relkind in ('r', 'p') and schema.nspname ~ '^pgscript(_engine|_private)?$'
  )
  select judged.code, our_table.name, judged.fault, judged.remedy
  from our_table
  cross join lateral (values
    (
      not (our_table.relrowsecurity and our_table.relforcerowsecurity), 'row_security_off',
      'row-level security is not both enabled and forced',
      format('alter table %s enable row level security, force row level security', our_table.name)
    ),
    (
      not our_table.relispartition
        and not exists (select from pg_catalog.pg_policy as policy where policy.polrelid = our_table.oid),
      'policy_missing', 'no policy says who may see its rows', 'give it a file in sql/policies'
    ),
    (
      not our_table.relispartition and obj_description(our_table.oid, 'pg_class') is null,
      'comment_missing', 'it has no comment', format('comment on table %s is …', our_table.name)
    ),
    (
      our_table.relowner <> 'pgscript_owner'::regrole, 'wrong_owner',
      format('it belongs to %s', our_table.relowner::regrole),
      format('alter table %s owner to pgscript_owner', our_table.name)
    )
  ) as judged (is_fault, code, fault, remedy)
  where judged.is_fault

  union all
  select
    'key_without_tenant', our_table.name,
    format('the unique index %s does not hold tenant_id, so one tenant''s rows can hinder another''s', key.indexrelid::regclass),
    'add tenant_id to the key'
  from our_table
  join pg_catalog.pg_index as key on key.indrelid = our_table.oid and key.indisunique
  where our_table.is_tenants
    and not exists (
      select from pg_catalog.pg_attribute as field
      where field.attrelid = our_table.oid and field.attname = 'tenant_id' and field.attnum = any (key.indkey)
    )
    -- A key says by itself which tenant it is for.
    and key.indexrelid is distinct from to_regclass('pgscript_private.api_key_hashes_hash_is_unique')

  union all
  select
    'reference_without_tenant', our_table.name,
    format('the foreign key %s could point into another tenant', reference.conname),
    'make it composite, with tenant_id'
  from our_table
  join pg_catalog.pg_constraint as reference on reference.conrelid = our_table.oid and reference.contype = 'f'
  join our_table as target on target.oid = reference.confrelid
  where our_table.is_tenants and target.is_tenants
    and not exists (
      select from pg_catalog.pg_attribute as field
      where field.attrelid = our_table.oid and field.attname = 'tenant_id' and field.attnum = any (reference.conkey)
    )

  union all
  select
    'constraint_unnamed', our_table.name,
    format('the constraint %s has no name of its own', named.conname), 'name it as a sentence'
  from our_table
  join pg_catalog.pg_constraint as named on named.conrelid = our_table.oid
  where not our_table.relispartition
    and (named.contype = 'c' and named.conname ~ '_check[0-9]*$' or named.contype = 'u' and named.conname ~ '_key[0-9]*$');
$$;

comment on function pgscript_engine.table_faults() is
  'Tables and partitions of ours that lack protection, an owner, a comment, or the tenant in a key.';

alter function pgscript_engine.table_faults() owner to pgscript_engine;
revoke all on function pgscript_engine.table_faults() from public;
