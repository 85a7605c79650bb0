-- What it once was.
drop function if exists pgscript_engine.make_watch(oid, text);
create or replace function pgscript_engine.make_watch(relation oid, purpose text, may_wait boolean default true)
  returns pgscript_engine.watched_tables
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  watch pgscript_engine.watched_tables;
  new_key text;
  old_key text;
  new_row text;
  old_row text;
  topics text[];
  is_whole boolean;
  is_strict jsonb;
  short text;
  -- For as long as nobody listens.
  quiet_insert text;
  quiet_delete text;
  new_unchanged text := pgscript_engine.columns_unchanged(make_watch.relation, 'n');
  old_unchanged text := pgscript_engine.columns_unchanged(make_watch.relation, 'o');
begin
  -- Whoever makes it last has seen which types are strict.
  if make_watch.may_wait then
    perform
    from pgscript_engine.watched_tables as known
    where known.relation = make_watch.relation and known.purpose = make_watch.purpose
    for update;
  end if;
  select known.* into watch
  from pgscript_engine.watched_tables as known
  where known.relation = make_watch.relation and known.purpose = make_watch.purpose;
  watch := pgscript_engine.follow_columns(watch);
  new_key := pgscript_engine.column_as_text(watch.relation, watch.tenant_column, 'n');
  old_key := pgscript_engine.column_as_text(watch.relation, watch.tenant_column, 'o');
  if watch.purpose = 'events' then
    new_row := pgscript_engine.row_as_json(make_watch.relation, watch.columns, 'n');
    old_row := pgscript_engine.row_as_json(make_watch.relation, watch.columns, 'o');
    -- A whole row of PostgreSQL's own types is JSON for half the price of its columns one by one.
    select watch.columns is null and bool_and(
      field.atttypid < 16384 and field.attgenerated <> 'v' and field.atttypid not in ('json'::regtype, 'json[]'::regtype)
    ) into is_whole
    from pg_catalog.pg_attribute as field
    where field.attrelid = make_watch.relation and field.attnum > 0 and not field.attisdropped;
    topics := array['*', split_part(watch.event_type, '.', 1)];
    select jsonb_object_agg(operation.name, exists (
      select from pgscript.event_types as registered
      where registered.type = watch.event_type || '.' || operation.name and registered.is_strict
    )) into is_strict
    from unnest(array['inserted', 'updated', 'deleted']) as operation (name);
    watch.is_heard := exists (
      select from pgscript.tenants as tenant
      where tenant.status = 'active' and (not tenant.events_are_plain or tenant.event_topics && topics)
    );
    short := pgscript_engine.short_as_json(make_watch.relation);
    select
      max(made.statement) filter (where made.operation = 'insert' and made.is_heard),
      max(made.statement) filter (where made.operation = 'delete' and made.is_heard),
      max(made.statement) filter (where made.operation = 'insert' and not made.is_heard),
      max(made.statement) filter (where made.operation = 'delete' and not made.is_heard)
    into watch.on_insert, watch.on_delete, quiet_insert, quiet_delete
    from (
      select
        change.operation, variant.is_heard,
        pgscript_engine.publishing_statement(
          change.key,
          format(
            'jsonb_build_object(''operation'', %L, %L, %s)', change.operation, change.side,
            case when is_whole then change.source else change.value end
          ),
          format('%s_rows as %s where %s', change.side, change.source, change.unchanged),
          format('%s.%s', watch.event_type, change.name), topics,
          case when (is_strict ->> change.name)::boolean then 'false' else short end, variant.is_heard
        ) as statement
      from (values
        ('insert', 'inserted', 'new', 'n', new_key, new_row, new_unchanged),
        ('delete', 'deleted', 'old', 'o', old_key, old_row, old_unchanged)
      ) as change (operation, name, side, source, key, value, unchanged)
      cross join (values (true), (false)) as variant (is_heard)
      -- A quiet one has no use where there is one tenant that is not.
      where variant.is_heard or not watch.is_heard and not (is_strict ->> change.name)::boolean
    ) as made;
    -- PostgreSQL adds the old and the new version of a row to the two tables together, so the places fit. A full
    -- join, though each has its other: the statement is planned once a session, perhaps for one row, and a full
    -- join is never a loop in a loop, which would never end for many. Each side is one value before they meet, for
    -- two rows of a thousand columns are more than a row can have.
    -- A row that moves to another tenant is an update for both, and each sees its own side.
    watch.on_update := pgscript_engine.publishing_statement(
      'case when side.is_new then pair.new_key else pair.old_key end',
      'jsonb_build_object(''operation'', ''update'', ''new'', case when side.is_new then pair.new_row end, ''old'', case when not side.is_new or pair.new_key = pair.old_key then pair.old_row end)',
      format(
        '(
          select n.key as new_key, o.key as old_key, n.value as new_row, o.value as old_row
          from (select row_number() over () as place, %1$s as key, %2$s as value%3$s from new_rows as n where %8$s) as n
          full join (select row_number() over () as place, %4$s as key, %5$s as value%6$s from old_rows as o where %9$s) as o on o.place = n.place
          where %7$s
          order by n.place
        ) as pair
        cross join lateral (select true as is_new union all select false where pair.new_key <> pair.old_key) as side',
        new_key, new_row, case when watch.update_of is not null then ', ' || pgscript_engine.row_as_json(make_watch.relation, watch.update_of, 'n') || ' as compared' else '' end,
        old_key, old_row, case when watch.update_of is not null then ', ' || pgscript_engine.row_as_json(make_watch.relation, watch.update_of, 'o') || ' as compared' else '' end,
        case
          when watch.update_of is null then 'n.value is distinct from o.value or n.key is distinct from o.key'
          else 'n.compared is distinct from o.compared'
        end,
        new_unchanged, old_unchanged
      ),
      watch.event_type || '.updated', topics,
      case when (is_strict ->> 'updated')::boolean then 'false' else short end, true
    );
  else
    -- A row that comes back brings its tenant back; one whose key has changed leaves the old one as a deleted row does.
    watch.on_insert := format(
      'select pgscript_engine.upsert_tenants(array_agg(%1$s), array_agg(%2$s)), pgscript_engine.resume_tenants(array_agg(%1$s)) from new_rows as n where %3$s',
      new_key, pgscript_engine.column_as_text(watch.relation, watch.name_column, 'n'), new_unchanged
    );
    watch.on_update := format(
      'select pgscript_engine.upsert_tenants(array_agg(%1$s), array_agg(%2$s)), pgscript_engine.suspend_tenants(array(select %3$s from old_rows as o except select %1$s from new_rows as n)), pgscript_engine.resume_tenants(array(select %1$s from new_rows as n except select %3$s from old_rows as o)) from new_rows as n where %4$s',
      new_key, pgscript_engine.column_as_text(watch.relation, watch.name_column, 'n'), old_key, new_unchanged
    );
    watch.on_delete := format(
      'select pgscript_engine.suspend_tenants(array_agg(%s)) from old_rows as o where %s', old_key, old_unchanged
    );
  end if;
  -- Whoever else writes to the table at this moment need not wait for it to be written down.
  if not make_watch.may_wait then
    perform
    from pgscript_engine.watched_tables as known
    where known.relation = watch.relation and known.purpose = watch.purpose
    for update skip locked;
    if not found then
      return watch;
    end if;
  end if;
  update pgscript_engine.watched_tables as known
  set
    tenant_column = watch.tenant_column, name_column = watch.name_column, columns = watch.columns,
    update_of = watch.update_of, column_numbers = watch.column_numbers,
    on_insert = watch.on_insert, on_update = watch.on_update, on_delete = watch.on_delete, is_heard = watch.is_heard
  where known.relation = watch.relation and known.purpose = watch.purpose;
  perform pgscript_engine.make_watch_routine(watch, quiet_insert, quiet_delete);
  return watch;
end
$$;

comment on function pgscript_engine.make_watch(oid, text, boolean) is
  'Makes the statements that a watched table''s triggers run, and their function, from the columns that the table has now, and returns them; without may_wait it writes them down only where nobody else is about it.';

alter function pgscript_engine.make_watch(oid, text, boolean) owner to pgscript_engine;
revoke all on function pgscript_engine.make_watch(oid, text, boolean) from public;
