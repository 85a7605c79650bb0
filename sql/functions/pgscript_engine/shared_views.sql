create or replace function pgscript_engine.shared_views()
  returns table (view regclass, source regclass, tenant_column text)
  language sql stable
  set search_path = pg_catalog, pg_temp
as $$
  -- From the catalog, so that it is right whatever was done to the views by hand.
  select
    view.oid::regclass,
    (
      select used.refobjid::regclass
      from pg_catalog.pg_rewrite as rule
      join pg_catalog.pg_depend as used
        on used.classid = 'pg_catalog.pg_rewrite'::regclass and used.objid = rule.oid
          and used.refclassid = 'pg_catalog.pg_class'::regclass and used.refobjid <> view.oid
      where rule.ev_class = view.oid
      order by used.refobjid
      limit 1
    ),
    (
      select field.attname::text
      from pg_catalog.pg_attrdef as given
      join pg_catalog.pg_attribute as field on field.attrelid = given.adrelid and field.attnum = given.adnum
      where given.adrelid = view.oid and pg_get_expr(given.adbin, given.adrelid) ~ 'current_tenant_key\(\)'
    )
  from pg_catalog.pg_class as view
  where view.relnamespace = 'pgscript_shared'::regnamespace and view.relkind = 'v';
$$;

comment on function pgscript_engine.shared_views() is
  'The views in pgscript_shared, each with the host''s table that it shows and the column that says whose a row is (null: global).';

alter function pgscript_engine.shared_views() owner to pgscript_engine;
revoke all on function pgscript_engine.shared_views() from public;
