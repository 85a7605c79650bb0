create or replace function pgscript_engine.event_statements(
  watch pgscript_engine.watched_tables,
  out is_heard boolean, out on_insert text, out on_update text, out on_delete text,
  out quiet_insert text, out quiet_delete text, out new_unchanged text, out old_unchanged text
)
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  new_key constant text := pgscript_engine.column_as_text(watch.relation, watch.tenant_column, 'n');
  old_key constant text := pgscript_engine.column_as_text(watch.relation, watch.tenant_column, 'o');
  new_row constant text := pgscript_engine.row_as_json(watch.relation, watch.columns, 'n');
  old_row constant text := pgscript_engine.row_as_json(watch.relation, watch.columns, 'o');
  short constant text := pgscript_engine.short_as_json(watch.relation);
  topics constant text[] := array['*', split_part(watch.event_type, '.', 1)];
  -- What the catalogue says of inserted, updated and deleted.
  is_strict jsonb;
  is_whole boolean;
begin
  new_unchanged := pgscript_engine.columns_unchanged(watch.relation, 'n');
  old_unchanged := pgscript_engine.columns_unchanged(watch.relation, 'o');
  -- A whole row of PostgreSQL's own types is JSON for half the price of its columns one by one.
  select watch.columns is null and bool_and(
    field.atttypid < 16384 and field.attgenerated <> 'v' and field.atttypid not in ('json'::regtype, 'json[]'::regtype)
  ) into is_whole
  from pg_catalog.pg_attribute as field
  where field.attrelid = watch.relation and field.attnum > 0 and not field.attisdropped;
  select jsonb_object_agg(change.name, exists (
    select from pgscript.event_types as registered
    where registered.type = watch.event_type || '.' || change.name and registered.is_strict
  )) into is_strict
  from unnest(array['inserted', 'updated', 'deleted']) as change (name);
  is_heard := exists (
    select from pgscript.tenants as tenant
    where tenant.event_topics && topics or tenant.quotas <> '{}' or tenant.limits ? 'input_bytes'
  );

  select
    max(made.statement) filter (where made.operation = 'insert' and made.is_heard),
    max(made.statement) filter (where made.operation = 'delete' and made.is_heard),
    max(made.statement) filter (where made.operation = 'insert' and not made.is_heard),
    max(made.statement) filter (where made.operation = 'delete' and not made.is_heard)
  into on_insert, on_delete, quiet_insert, quiet_delete
  from (
    select
      change.operation, variant.is_heard,
      pgscript_engine.publishing_statement(
        change.key,
        format(
          'jsonb_build_object(''operation'', %L, %L, %s)', change.operation, change.side,
          case when is_whole then change.source || '.*' else change.value end
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
    where variant.is_heard or not (event_statements.is_heard or (is_strict ->> change.name)::boolean)
  ) as made;

  -- PostgreSQL adds the old and the new version of a row to the two tables together, so the places fit. A full
  -- join, though each has its other: the statement is planned once a session, perhaps for one row, and a full
  -- join is never a loop in a loop, which would never end for many. Each side is one value before they meet, for
  -- two rows of a thousand columns are more than a row can have.
  -- A row that moves to another tenant is an update for both, and each sees its own side.
  on_update := pgscript_engine.publishing_statement(
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
      new_key, new_row, case when watch.update_of is not null then ', ' || pgscript_engine.row_as_json(watch.relation, watch.update_of, 'n') || ' as compared' else '' end,
      old_key, old_row, case when watch.update_of is not null then ', ' || pgscript_engine.row_as_json(watch.relation, watch.update_of, 'o') || ' as compared' else '' end,
      case
        when watch.update_of is null then 'n.value is distinct from o.value or n.key is distinct from o.key'
        else 'n.compared is distinct from o.compared'
      end,
      new_unchanged, old_unchanged
    ),
    watch.event_type || '.updated', topics,
    case when (is_strict ->> 'updated')::boolean then 'false' else short end, true
  );
end
$$;

comment on function pgscript_engine.event_statements(pgscript_engine.watched_tables) is
  'The statements that make events of a watched table''s changes, one for each operation; and where no tenant listens to them (is_heard), those to try first. new_unchanged and old_unchanged are their conditions that the columns are those of now.';

alter function pgscript_engine.event_statements(pgscript_engine.watched_tables) owner to pgscript_engine;
revoke all on function pgscript_engine.event_statements(pgscript_engine.watched_tables) from public;
