create or replace function pgscript_engine.tenant_statements(
  watch pgscript_engine.watched_tables, out on_insert text, out on_update text, out on_delete text,
  out new_unchanged text, out old_unchanged text
)
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  new_key constant text := pgscript_engine.column_as_text(watch.relation, watch.tenant_column, 'n');
  old_key constant text := pgscript_engine.column_as_text(watch.relation, watch.tenant_column, 'o');
begin
  new_unchanged := pgscript_engine.columns_unchanged(watch.relation, 'n');
  old_unchanged := pgscript_engine.columns_unchanged(watch.relation, 'o');
  -- A row that comes back brings its tenant back; one whose key has changed leaves the old one as a deleted row does.
  on_insert := format(
    'select pgscript_engine.upsert_tenants(array_agg(%1$s), array_agg(%2$s)), pgscript_engine.resume_tenants(array_agg(%1$s)) from new_rows as n where %3$s',
    new_key, pgscript_engine.column_as_text(watch.relation, watch.name_column, 'n'), new_unchanged
  );
  on_update := format(
    'select pgscript_engine.upsert_tenants(array_agg(%1$s), array_agg(%2$s)), pgscript_engine.suspend_tenants(array(select %3$s from old_rows as o except select %1$s from new_rows as n)), pgscript_engine.resume_tenants(array(select %1$s from new_rows as n except select %3$s from old_rows as o)) from new_rows as n where %4$s',
    new_key, pgscript_engine.column_as_text(watch.relation, watch.name_column, 'n'), old_key, new_unchanged
  );
  on_delete := format(
    'select pgscript_engine.suspend_tenants(array_agg(%s)) from old_rows as o where %s', old_key, old_unchanged
  );
end
$$;

comment on function pgscript_engine.tenant_statements(pgscript_engine.watched_tables) is
  'The statements that keep tenants in step with a table''s changes, one for each operation; and their conditions, as event_statements.';

alter function pgscript_engine.tenant_statements(pgscript_engine.watched_tables) owner to pgscript_engine;
revoke all on function pgscript_engine.tenant_statements(pgscript_engine.watched_tables) from public;
