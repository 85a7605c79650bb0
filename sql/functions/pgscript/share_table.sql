create or replace function pgscript.share_table(
  source regclass, tenant_column text default null, columns text[] default null,
  access text[] default array['read'], name text default null, global boolean default false
)
  returns text
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
declare
  wanted text[] := array(
    select distinct unnest(case one when 'write' then array['insert', 'update', 'delete'] else array[one] end)
    from unnest(share_table.access) as one
  );
  shown_as text := coalesce(
    share_table.name, (select relname from pg_catalog.pg_class where oid = share_table.source)
  );
  mine text; -- the tenant's key as a value of the column's type
  shown text[];
  insertable text[];
begin
  -- Invoker: the view is the caller's and carries their rights on the table; nobody's are raised.
  perform pgscript_engine.check_share(
    share_table.source, share_table.tenant_column, share_table.columns, wanted, shown_as, share_table.global
  );
  shown := array(
    select field.attname::text from pg_catalog.pg_attribute as field
    where field.attrelid = share_table.source and field.attnum > 0 and not field.attisdropped
      and (
        share_table.columns is null or field.attname = any (share_table.columns)
        or field.attname = share_table.tenant_column
      )
    order by field.attnum
  );
  insertable := pgscript_engine.insertable_columns(share_table.source, share_table.tenant_column, shown, wanted);
  perform pgscript_engine.warn_of_share(share_table.source, share_table.tenant_column, shown, wanted);
  select 'pgscript.current_tenant_key()::' || format_type(field.atttypid, field.atttypmod) into mine
  from pg_catalog.pg_attribute as field
  where field.attrelid = share_table.source and field.attname = share_table.tenant_column;

  execute format(
    'create view pgscript_shared.%I with (security_barrier = true) as select %s from %s%s%s',
    shown_as, (select string_agg(quote_ident(one), ', ') from unnest(shown) as one), share_table.source,
    -- (select …): once a statement instead of once a row.
    case when mine is null then '' else format(' where %I = (select %s)', share_table.tenant_column, mine) end,
    case when wanted && array['insert', 'update'] then ' with cascaded check option' else '' end
  );
  execute format('comment on view pgscript_shared.%I is %L', shown_as, format('The table %s, shared with scripts%s.',
    share_table.source, case when mine is null then ' of every tenant' else format(': of each tenant its own rows, by %I', share_table.tenant_column) end));
  if mine is not null then
    execute format('alter view pgscript_shared.%I alter column %I set default %s', shown_as, share_table.tenant_column, mine);
  end if;
  if wanted @> array['insert'] then
    perform pgscript_engine.share_defaults(share_table.source, shown_as, array_remove(shown, share_table.tenant_column));
  end if;
  perform pgscript_engine.grant_share(shown_as, wanted, insertable, share_table.source, share_table.tenant_column);
  perform pgscript_engine.record_sharing('table.shared', shown_as, jsonb_build_object(
    'source', share_table.source::text, 'tenant_column', share_table.tenant_column, 'columns', shown,
    'access', wanted, 'global', share_table.global
  ));
  return shown_as;
end
$$;

comment on function pgscript.share_table(regclass, text, text[], text[], text, boolean) is
  'Lets every tenant''s scripts use a table of the host, each its own rows: those whose tenant_column is the tenant''s key. Makes a view in pgscript_shared that belongs to the caller; the table, its grants and its policies stay as they are. columns: null for all. access: read, insert, update, delete, or write for all three. global: a reference table that every tenant reads. Returns the name that scripts use.';

alter function pgscript.share_table(regclass, text, text[], text[], text, boolean) owner to pgscript_owner;
revoke all on function pgscript.share_table(regclass, text, text[], text[], text, boolean) from public;
grant execute on function pgscript.share_table(regclass, text, text[], text[], text, boolean) to pgscript_integrator;
