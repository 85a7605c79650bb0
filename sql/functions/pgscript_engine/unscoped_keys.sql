create or replace function pgscript_engine.unscoped_keys(source regclass, tenant_column text)
  returns table (index_name text, key_columns text[], given_by_default text[])
  language sql stable
  set search_path = pg_catalog, pg_temp
as $$
  with key as (
    select
      index.indexrelid,
      array(
        select field.attname::text
        from pg_catalog.pg_attribute as field
        where field.attrelid = index.indrelid and field.attnum > 0
          and (
            field.attnum = any (index.indkey::int2[])
            -- Of an expression such as lower(email).
            or exists (
              select from pg_catalog.pg_depend as used
              where used.classid = 'pg_catalog.pg_class'::regclass and used.objid = index.indexrelid
                and used.refclassid = 'pg_catalog.pg_class'::regclass and used.refobjid = index.indrelid
                and used.refobjsubid = field.attnum
            )
          )
        order by field.attnum
      ) as names
    from pg_catalog.pg_index as index
    where index.indrelid = unscoped_keys.source and index.indisunique
      and not exists (
        select from pg_catalog.pg_attribute as field
        where field.attrelid = index.indrelid and field.attname = unscoped_keys.tenant_column
          and field.attnum = any (index.indkey::int2[])
      )
  )
  select
    key.indexrelid::regclass::text, key.names,
    array(
      select field.attname::text
      from pg_catalog.pg_attribute as field
      where field.attrelid = unscoped_keys.source and field.attname = any (key.names)
        and (field.atthasdef or field.attidentity <> '')
      order by field.attnum
    )
  from key
  order by 1;
$$;

comment on function pgscript_engine.unscoped_keys(regclass, text) is
  'The unique indexes of a host''s table that do not hold its tenant column, with the columns of each and those among them that have a default or are an identity.';

alter function pgscript_engine.unscoped_keys(regclass, text) owner to pgscript_owner;
revoke all on function pgscript_engine.unscoped_keys(regclass, text) from public;
grant execute on function pgscript_engine.unscoped_keys(regclass, text) to pgscript_integrator;
