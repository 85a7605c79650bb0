create or replace function pgscript_engine.record_watch(
  relation regclass, purpose text, tenant_column text, name_column text, event_type text, columns text[], update_of text[]
)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  acting_role text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
  class record;
  missing record;
begin
  if purpose = 'tenants' then
    perform pgscript_engine.require_operator();
  elsif not pgscript_engine.may_publish_for_all() then
    raise exception using
      errcode = 'PS403', constraint = 'permission_denied',
      message = format('The database role %I may not publish events for every tenant, as a watched table does.', acting_role),
      hint = 'Call it as the role that installed pgscript, or as one that was granted all tenants.';
  end if;
  select known.relkind, known.relowner, known.relpersistence, known.relispartition into class
  from pg_catalog.pg_class as known
  where known.oid = record_watch.relation
    and known.relnamespace::regnamespace::text !~ '^(pg_catalog|information_schema|pgscript(_engine|_private|_shared|_boss)?)$';
  if class.relkind is null or class.relkind not in ('r', 'p') or class.relpersistence = 't'
    or not pg_has_role(acting_role, class.relowner, 'usage') then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_table', column = 'relation',
      message = format('relation: %s must be a table, not a temporary one, that the calling role owns.', record_watch.relation);
  end if;
  -- A trigger on it would see nothing of what is written through the table that it is a part of.
  if class.relispartition then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_table', column = 'relation',
      message = format('relation: %s is a partition, which does not see what is written through its table.', record_watch.relation),
      hint = format('Name the whole table, %s.', (
        select part.inhparent::regclass from pg_catalog.pg_inherits as part where part.inhrelid = record_watch.relation
      ));
  end if;
  select given.field, wanted.name into missing
  from (
    values
      (1, case purpose when 'tenants' then 'key_column' else 'tenant_column' end, array[record_watch.tenant_column]),
      (2, 'name_column', array[record_watch.name_column]),
      (3, 'columns', record_watch.columns),
      (4, 'update_of', record_watch.update_of)
  ) as given (place, field, names)
  cross join lateral unnest(given.names) as wanted (name)
  where (wanted.name is not null or given.place = 1) and not exists (
    select from pg_catalog.pg_attribute as field
    where field.attrelid = record_watch.relation and field.attname = wanted.name
      and field.attnum > 0 and not field.attisdropped and field.attgenerated <> 'v'
  )
  order by given.place
  limit 1;
  if found then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_column', column = missing.field,
      message = format('%s: %s has no column %L that is stored.', missing.field, record_watch.relation, left(missing.name, 100)),
      hint = 'Names of columns are given as they are, without quotes, capitals included.';
  end if;
  if cardinality(record_watch.columns) = 0 or cardinality(record_watch.update_of) = 0 then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_column',
      column = case when cardinality(record_watch.columns) = 0 then 'columns' else 'update_of' end,
      message = format('%s: names no column; give some, or null for all.', case when cardinality(record_watch.columns) = 0 then 'columns' else 'update_of' end);
  end if;
  if purpose = 'events' and (
    not pgscript_engine.is_event_type(record_watch.event_type || '.inserted')
    or record_watch.event_type = 'pgscript' or record_watch.event_type like 'pgscript.%'
  ) then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_event_type', column = 'type',
      message = format('type: %L cannot begin an event type.', left(record_watch.event_type, 100)),
      hint = 'Give words of lower-case letters, digits and _ with dots between, such as shop.order: it begins with a letter, has at most 191 characters and 19 words, and is not pgscript.';
  end if;

  -- Whoever makes a type strict at the same time sees this table, or is seen.
  lock table pgscript.event_types in share mode;
  perform pgscript_engine.forget_dropped_watches();
  insert into pgscript_engine.watched_tables (
    relation, purpose, tenant_column, name_column, event_type, columns, update_of, routine, on_insert,
    on_update, on_delete, created_by
  )
  values (
    record_watch.relation, record_watch.purpose, record_watch.tenant_column, record_watch.name_column,
    record_watch.event_type, record_watch.columns, record_watch.update_of,
    format('watch_%s_%s', record_watch.relation::oid, record_watch.purpose), '', '', '', acting_role
  )
  on conflict (relation, purpose) do update
  set
    tenant_column = excluded.tenant_column, name_column = excluded.name_column, event_type = excluded.event_type,
    columns = excluded.columns, update_of = excluded.update_of, created_by = excluded.created_by,
    -- Another one, where the table was restored from a dump.
    routine = excluded.routine, column_numbers = '{}';
  perform pgscript_engine.make_watch(record_watch.relation, record_watch.purpose);
end
$$;

comment on function pgscript_engine.record_watch(regclass, text, text, text, text, text[], text[]) is
  'Writes down that a table of the host is followed, after checking that the calling role owns it and may act for every tenant; watch_table and sync_tenants do the rest.';

alter function pgscript_engine.record_watch(regclass, text, text, text, text, text[], text[]) owner to pgscript_engine;
revoke all on function pgscript_engine.record_watch(regclass, text, text, text, text, text[], text[]) from public;
grant execute on function pgscript_engine.record_watch(regclass, text, text, text, text, text[], text[]) to pgscript_integrator;
