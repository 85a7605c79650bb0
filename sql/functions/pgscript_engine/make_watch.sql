create or replace function pgscript_engine.make_watch(relation oid, purpose text)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  watch pgscript_engine.watched_tables;
  new_row text;
  old_row text;
  -- Judged as a set: one event at a time, a bulk load would cost ten times as much.
  publish constant text :=
    'with change as materialized (
       select format(''%%s'', %1$s.%2$I) as key, %4$s as payload from %5$s
     ), refused as (
       insert into pgscript.refused_events (id, tenant_key, type, payload, reason, source, published_by)
       select pgscript.uuid_v7(), left(change.key, 200), %3$L, change.payload, ''There is no tenant with this key.'', ''watch'', $1
       from change
       where not exists (select from pgscript.tenants as tenant where tenant.key = change.key)
     ), known as (
       select tenant.id, tenant.key, tenant.limits, tenant.status, change.payload, pgscript.uuid_v7() as event_id
       from change
       join pgscript.tenants as tenant on tenant.key = change.key
     ), judged as (
       select known.*, case
         when known.status <> ''active'' or pg_column_size(known.payload) > 10000 or known.limits ? ''input_bytes''
           or exists (select from pgscript.event_types as registered where registered.type = %3$L and registered.is_strict)
           then pgscript_engine.event_fault(known.status, %3$L, known.payload, null, ''watch'', 0::smallint, known.limits)
         end as fault
       from known
     )
     insert into pgscript.events (
       tenant_id, id, tenant_key, type, payload, status, refused_code, refused_reason, source, published_by
     )
     select
       judged.id, judged.event_id, judged.key, %3$L,
       case when judged.fault[1] = ''payload_too_large''
         then jsonb_build_object(''truncated'', left(judged.payload::text, 1000)) else judged.payload end,
       case when judged.fault is null then ''accepted'' else ''refused'' end, judged.fault[1], judged.fault[2], ''watch'', $1
     from judged';
  upsert constant text := 'select pgscript_engine.upsert_tenants(array_agg(format(''%%s'', r.%I)), array_agg(format(''%%s'', r.%I))) from new_rows as r';
begin
  select known.* into watch
  from pgscript_engine.watched_tables as known
  where known.relation = make_watch.relation and known.purpose = make_watch.purpose;
  if watch.purpose = 'events' then
    new_row := pgscript_engine.row_as_json(make_watch.relation, watch.columns, 'n');
    old_row := pgscript_engine.row_as_json(make_watch.relation, watch.columns, 'o');
    watch.on_insert := format(
      publish, 'n', watch.tenant_column, watch.event_type || '.inserted',
      format('jsonb_build_object(''operation'', ''insert'', ''new'', %s)', new_row), 'new_rows as n'
    );
    watch.on_delete := format(
      publish, 'o', watch.tenant_column, watch.event_type || '.deleted',
      format('jsonb_build_object(''operation'', ''delete'', ''old'', %s)', old_row), 'old_rows as o'
    );
    -- PostgreSQL adds the old and the new version of a row to the two tables together, so the places fit.
    watch.on_update := format(
      publish, 'n', watch.tenant_column, watch.event_type || '.updated',
      format('jsonb_build_object(''operation'', ''update'', ''new'', %s, ''old'', %s)', new_row, old_row),
      format(
        '(select *, row_number() over () as "pgscript place" from new_rows) as n join (select *, row_number() over () as "pgscript place" from old_rows) as o on o."pgscript place" = n."pgscript place" where %s is distinct from %s',
        pgscript_engine.row_as_json(make_watch.relation, coalesce(watch.update_of, watch.columns), 'n'),
        pgscript_engine.row_as_json(make_watch.relation, coalesce(watch.update_of, watch.columns), 'o')
      )
    );
  else
    watch.on_insert := format(upsert, watch.tenant_column, watch.name_column);
    watch.on_update := watch.on_insert;
    watch.on_delete := format(
      'select pgscript_engine.suspend_tenants(array_agg(format(''%%s'', r.%I))) from old_rows as r', watch.tenant_column
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
