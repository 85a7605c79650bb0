create or replace function pgscript.sync_tenants(relation regclass, key_column text, name_column text default null)
  returns integer
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
  -- Keys are the texts that they are for the triggers.
  set extra_float_digits = 1 set datestyle = 'ISO, YMD' set intervalstyle = postgres set bytea_output = hex
as $$
#variable_conflict use_column
declare
  names text := coalesce(sync_tenants.name_column, sync_tenants.key_column);
  keys text[];
  labels text[];
begin
  perform pgscript_engine.record_watch(sync_tenants.relation, 'tenants', sync_tenants.key_column, names, null, null, null);
  if not exists (
    select
    from pg_catalog.pg_index as index
    join pg_catalog.pg_attribute as field on field.attrelid = index.indrelid and field.attnum = index.indkey[0]
    where index.indrelid = sync_tenants.relation and index.indisunique and index.indnkeyatts = 1
      and index.indpred is null and field.attname = sync_tenants.key_column
  ) then
    -- The triggers see what a statement changes, and not which rows there are beside.
    raise warning 'key_column: % of % is not unique; where one of two rows with the same key is deleted, their tenant is suspended.',
      sync_tenants.key_column, sync_tenants.relation
      using hint = 'Give the column a unique index.';
  end if;
  -- Triggers first: what is written while the table is read waits for this transaction.
  perform pgscript_engine.place_triggers(sync_tenants.relation, 'tenants', '{insert,update,delete}');
  execute format(
    'select array_agg(%1$s), array_agg(%2$s) from %3$s as n where n.%4$I is not null',
    pgscript_engine.column_as_text(sync_tenants.relation, sync_tenants.key_column, 'n'),
    pgscript_engine.column_as_text(sync_tenants.relation, names, 'n'),
    sync_tenants.relation, sync_tenants.key_column
  ) into keys, labels;
  return pgscript_engine.sync_tenant_rows(keys, labels);
end
$$;

comment on function pgscript.sync_tenants(regclass, text, text) is
  'Keeps our tenants in step with a table of the host: creates one for each row there is and will be, with its key and its name, follows changes of the name, and suspends the tenant of a row that is deleted. Returns how many rows there are. For the role that installed pgscript, on a table that it owns.';

alter function pgscript.sync_tenants(regclass, text, text) owner to pgscript_owner;
revoke all on function pgscript.sync_tenants(regclass, text, text) from public;
grant execute on function pgscript.sync_tenants(regclass, text, text) to pgscript_integrator;
