create or replace function pgscript_engine.grant_share(
  name text, access text[], insertable text[], source regclass, tenant_column text
)
  returns void
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
declare
  updatable text[] := array(
    select shown.attname::text
    from pg_catalog.pg_attribute as shown
    join pg_catalog.pg_attribute as field on field.attrelid = grant_share.source and field.attname = shown.attname
    where shown.attrelid = to_regclass(format('pgscript_shared.%I', grant_share.name)) and shown.attnum > 0
      and shown.attname is distinct from grant_share.tenant_column
      and field.attgenerated = '' and field.attidentity <> 'a'
    order by shown.attnum
  );
begin
  -- Never the tenant column: its value is the view's default, and stays what it is.
  execute format('grant select on pgscript_shared.%I to pgscript_script', grant_share.name);
  if grant_share.access @> array['insert'] and grant_share.insertable <> '{}' then
    execute format('grant insert (%s) on pgscript_shared.%I to pgscript_script',
      (select string_agg(quote_ident(one), ', ') from unnest(grant_share.insertable) as one), grant_share.name);
  end if;
  if grant_share.access @> array['update'] and updatable <> '{}' then
    execute format('grant update (%s) on pgscript_shared.%I to pgscript_script',
      (select string_agg(quote_ident(one), ', ') from unnest(updatable) as one), grant_share.name);
  end if;
  if grant_share.access @> array['delete'] then
    execute format('grant delete on pgscript_shared.%I to pgscript_script', grant_share.name);
  end if;
end
$$;

comment on function pgscript_engine.grant_share(text, text[], text[], regclass, text) is
  'Gives scripts their rights on a shared view, column by column where they write.';

alter function pgscript_engine.grant_share(text, text[], text[], regclass, text) owner to pgscript_owner;
revoke all on function pgscript_engine.grant_share(text, text[], text[], regclass, text) from public;
grant execute on function pgscript_engine.grant_share(text, text[], text[], regclass, text) to pgscript_integrator;
