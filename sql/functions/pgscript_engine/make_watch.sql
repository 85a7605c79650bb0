create or replace function pgscript_engine.make_watch(relation oid, purpose text)
  returns void
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
  -- Rows, not one event at a time: a bulk load would cost ten times as much. An event that says its tenant is
  -- not judged again; whatever is out of the ordinary says none, and judge_event decides.
  publish constant text :=
    'insert into pgscript.events (tenant_id, tenant_key, type, payload, source, published_by, cause_execution_id, depth)
     select
       case
         when $3 = 0 and tenant.status = ''active'' and not tenant.limits ? ''input_bytes''
           and pg_column_size(change.payload) <= 10000
           and (pg_column_size(change.payload) <= 200 or octet_length(change.payload::text) <= 60000)
           and not exists (
             select from pgscript.event_types as registered where registered.type = %2$L and registered.is_strict
           )
         then tenant.id
       end,
       change.key, %2$L, change.payload, ''watch'', $1, $2, $3
     from (select %1$s as key, %3$s as payload from %4$s) as change
     left join pgscript.tenants as tenant on tenant.key = change.key
     where %5$s';
  unchanged text;
begin
  select known.* into watch
  from pgscript_engine.watched_tables as known
  where known.relation = make_watch.relation and known.purpose = make_watch.purpose;
  unchanged := pgscript_engine.columns_unchanged(make_watch.relation);
  new_key := pgscript_engine.column_as_text(watch.relation, watch.tenant_column, 'n');
  old_key := pgscript_engine.column_as_text(watch.relation, watch.tenant_column, 'o');
  if watch.purpose = 'events' then
    new_row := pgscript_engine.row_as_json(make_watch.relation, watch.columns, 'n');
    old_row := pgscript_engine.row_as_json(make_watch.relation, watch.columns, 'o');
    watch.on_insert := format(
      publish, new_key, watch.event_type || '.inserted',
      format('jsonb_build_object(''operation'', ''insert'', ''new'', %s)', new_row), 'new_rows as n', unchanged
    );
    watch.on_delete := format(
      publish, old_key, watch.event_type || '.deleted',
      format('jsonb_build_object(''operation'', ''delete'', ''old'', %s)', old_row), 'old_rows as o', unchanged
    );
    -- PostgreSQL adds the old and the new version of a row to the two tables together, so the places fit.
    -- A row that moves to another tenant is an update for both, and each sees its own side.
    watch.on_update := format(
      publish, format('case when side.is_new then %s else %s end', new_key, old_key), watch.event_type || '.updated',
      format(
        'jsonb_build_object(''operation'', ''update'', ''new'', case when side.is_new then %s end, ''old'', case when not side.is_new or %s = %s then %s end)',
        new_row, new_key, old_key, old_row
      ),
      format(
        '(select *, row_number() over () as "pgscript place" from new_rows) as n join (select *, row_number() over () as "pgscript place" from old_rows) as o on o."pgscript place" = n."pgscript place" cross join lateral (select true as is_new union all select false where %3$s <> %4$s) as side where %1$s is distinct from %2$s',
        pgscript_engine.row_as_json(make_watch.relation, coalesce(watch.update_of, watch.columns), 'n'),
        pgscript_engine.row_as_json(make_watch.relation, coalesce(watch.update_of, watch.columns), 'o'),
        new_key, old_key
      ),
      unchanged
    );
  else
    -- A row that comes back brings its tenant back; one whose key has changed leaves the old one as a deleted row does.
    watch.on_insert := format(
      'select pgscript_engine.upsert_tenants(array_agg(%1$s), array_agg(%2$s)), pgscript_engine.resume_tenants(array_agg(%1$s)) from new_rows as n where %3$s',
      new_key, pgscript_engine.column_as_text(watch.relation, watch.name_column, 'n'), unchanged
    );
    watch.on_update := format(
      'select pgscript_engine.upsert_tenants(array_agg(%1$s), array_agg(%2$s)), pgscript_engine.suspend_tenants(array(select %3$s from old_rows as o where not exists (select from new_rows as n where %1$s = %3$s))) from new_rows as n where %4$s',
      new_key, pgscript_engine.column_as_text(watch.relation, watch.name_column, 'n'), old_key, unchanged
    );
    watch.on_delete := format(
      'select pgscript_engine.suspend_tenants(array_agg(%s)) from old_rows as o where %s', old_key, unchanged
    );
  end if;
  update pgscript_engine.watched_tables as known
  set
    on_insert = watch.on_insert, on_update = watch.on_update, on_delete = watch.on_delete,
    column_count = (select class.relnatts from pg_catalog.pg_class as class where class.oid = make_watch.relation)
  where known.relation = watch.relation and known.purpose = watch.purpose;
  perform pgscript_engine.make_watch_routine(watch);
end
$$;

comment on function pgscript_engine.make_watch(oid, text) is
  'Makes the statements that a watched table''s triggers run, and their function, from the columns that the table has now.';

alter function pgscript_engine.make_watch(oid, text) owner to pgscript_engine;
revoke all on function pgscript_engine.make_watch(oid, text) from public;
