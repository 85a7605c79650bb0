create or replace function pgscript_engine.follow_columns(watch pgscript_engine.watched_tables)
  returns pgscript_engine.watched_tables
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  followed pgscript_engine.watched_tables := follow_columns.watch;
  -- Of each name that was a column then: what the column is called now, where it is still there.
  renamed jsonb;
  gone text;
begin
  if (followed.column_numbers ->> 'relation')::oid = followed.relation::oid then
    select jsonb_object_agg(known.key, field.attname) into renamed
    from jsonb_each_text(followed.column_numbers -> 'columns') as known (key, number)
    join pg_catalog.pg_attribute as field
      on field.attrelid = followed.relation and field.attnum = known.number::smallint and not field.attisdropped;
  end if;
  followed.tenant_column := coalesce(renamed ->> followed.tenant_column, followed.tenant_column);
  followed.name_column := coalesce(renamed ->> followed.name_column, followed.name_column);
  followed.columns := case when followed.columns is not null then array(
    select coalesce(renamed ->> named.name, named.name) from unnest(followed.columns) as named (name)
  ) end;
  followed.update_of := case when followed.update_of is not null then array(
    select coalesce(renamed ->> named.name, named.name) from unnest(followed.update_of) as named (name)
  ) end;

  select named.name into gone
  from unnest(array[followed.tenant_column, followed.name_column]) as named (name)
  where named.name is not null and not exists (
    select from pg_catalog.pg_attribute as field
    where field.attrelid = followed.relation and field.attname = named.name
      and field.attnum > 0 and not field.attisdropped
  )
  limit 1;
  if found then
    raise exception using
      errcode = 'undefined_column',
      message = format('The table has no column %I any more, which it is followed by.', gone),
      hint = 'Follow it again by another column, or no longer.';
  end if;

  followed.column_numbers := jsonb_build_object('relation', followed.relation::oid, 'columns', (
    select jsonb_object_agg(field.attname, field.attnum)
    from pg_catalog.pg_attribute as field
    where field.attrelid = followed.relation and field.attnum > 0 and not field.attisdropped
      and field.attname = any (array[followed.tenant_column, followed.name_column] || followed.columns || followed.update_of)
  ));
  return followed;
end
$$;

comment on function pgscript_engine.follow_columns(pgscript_engine.watched_tables) is
  'A watched table with its columns as they are called now, by the numbers that they had; nothing is written. Raises where one without which it cannot be followed is gone.';

alter function pgscript_engine.follow_columns(pgscript_engine.watched_tables) owner to pgscript_engine;
revoke all on function pgscript_engine.follow_columns(pgscript_engine.watched_tables) from public;
