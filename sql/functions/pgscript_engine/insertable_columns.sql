create or replace function pgscript_engine.insertable_columns(
  source regclass, tenant_column text, columns text[], access text[]
)
  returns text[]
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
declare
  withheld text[] := array[insertable_columns.tenant_column];
  key record;
  missing text;
begin
  -- INSERT … ON CONFLICT DO UPDATE reads the row that is there already, and no view's condition is
  -- asked about it: over a key without the tenant it would be another tenant's row. Who can also
  -- update must not be able to choose such a key.
  if insertable_columns.access @> array['insert', 'update'] then
    for key in select * from pgscript_engine.unscoped_keys(insertable_columns.source, insertable_columns.tenant_column) loop
      if key.given_by_default = '{}' and key.key_columns <@ insertable_columns.columns then
        raise exception using
          errcode = 'PS422', constraint = 'key_without_tenant', column = 'access',
          message = format(
            'access: with insert and update together, ON CONFLICT DO UPDATE would reach other tenants'' rows through the unique index %s, which does not hold %I.',
            key.index_name, insertable_columns.tenant_column
          ),
          hint = 'Add the tenant column to the index, or share without insert, update, or one of its columns.';
      end if;
      withheld := withheld || key.given_by_default;
    end loop;
  end if;

  select field.attname into missing
  from pg_catalog.pg_attribute as field
  where field.attrelid = insertable_columns.source and field.attnum > 0 and not field.attisdropped
    and field.attname <> all (insertable_columns.columns) and field.attgenerated = '' and field.attidentity = ''
    and (
      field.attnotnull and not field.atthasdef
      or exists (
        select from pgscript_engine.default_functions(insertable_columns.source) as called
        where called.column_name = field.attname
      )
    )
  order by field.attnum
  limit 1;
  if insertable_columns.access @> array['insert'] and missing is not null then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_columns', column = 'columns',
      message = format('columns: %I must be among them, or no row could be inserted.', missing),
      hint = 'It must have a value and has no default, or one that only its owner may compute.';
  end if;

  return array(
    select field.attname::text
    from pg_catalog.pg_attribute as field
    where field.attrelid = insertable_columns.source and field.attname = any (insertable_columns.columns)
      and field.attname <> all (withheld) and field.attgenerated = '' and field.attidentity <> 'a'
    order by field.attnum
  );
end
$$;

comment on function pgscript_engine.insertable_columns(regclass, text, text[], text[]) is
  'The columns of a host''s table that scripts may give when they insert: never the tenant''s, nor one that the database makes, nor a key through which they would meet another tenant''s rows.';

alter function pgscript_engine.insertable_columns(regclass, text, text[], text[]) owner to pgscript_owner;
revoke all on function pgscript_engine.insertable_columns(regclass, text, text[], text[]) from public;
grant execute on function pgscript_engine.insertable_columns(regclass, text, text[], text[]) to pgscript_integrator;
