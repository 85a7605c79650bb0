create or replace function pgscript.shared_table_types()
  returns text
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  with field as (
    select
      view.relname as table_name, shown.attnum as place, shown.attname as name,
      case
        when element.typtype = 'e' then (
          select string_agg(to_json(label.enumlabel)::text, ' | ' order by label.enumsortorder)
          from pg_catalog.pg_enum as label where label.enumtypid = element.oid
        )
        else case element.typname
          when 'bool' then 'boolean'
          when 'int2' then 'number' when 'int4' then 'number'
          when 'float4' then 'number' when 'float8' then 'number'
          when 'int8' then 'number | string'
          when 'json' then 'unknown' when 'jsonb' then 'unknown'
          else 'string'
        end
      end as type,
      base.typcategory = 'A' as is_array,
      coalesce(origin.attnotnull, false) as is_required,
      -- The view's: what the platform says of its own columns may not be meant for tenants.
      col_description(view.oid, shown.attnum) as description
    from pgscript_engine.shared_views() as shared
    join pg_catalog.pg_class as view on view.oid = shared.view
    join pg_catalog.pg_attribute as shown on shown.attrelid = view.oid and shown.attnum > 0
    left join pg_catalog.pg_attribute as origin
      on origin.attrelid = shared.source and origin.attname = shown.attname
    join pg_catalog.pg_type as declared on declared.oid = shown.atttypid
    join pg_catalog.pg_type as base on base.oid = coalesce(nullif(declared.typbasetype, 0), declared.oid)
    join pg_catalog.pg_type as element on element.oid = case when base.typcategory = 'A' then base.typelem else base.oid end
  ),
  declaration as (
    select
      field.table_name,
      string_agg(
        coalesce('    /** ' || replace(field.description, '*/', '* /') || E' */\n', '')
          || '    ' || to_json(field.name)::text || ': '
          || case when field.is_array then 'Array<' || field.type || '>' else field.type end
          || case when field.is_required then '' else ' | null' end,
        E'\n' order by field.place
      ) as fields
    from field
    group by field.table_name
  )
  select 'interface SharedTables {' || coalesce(
    E'\n' || string_agg(
      '  ' || to_json(declaration.table_name)::text || E': {\n' || declaration.fields || E'\n  }',
      E'\n' order by declaration.table_name
    ) || E'\n', ''
  ) || '}'
  from declaration;
$$;

comment on function pgscript.shared_table_types() is
  'The rows of the shared tables as TypeScript declares them, for an editor: interface SharedTables, a field a table.';

alter function pgscript.shared_table_types() owner to pgscript_engine;
revoke all on function pgscript.shared_table_types() from public;
grant execute on function pgscript.shared_table_types() to pgscript_user, pgscript_operator, pgscript_integrator;
