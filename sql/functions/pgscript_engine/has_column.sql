create or replace function pgscript_engine.has_column(relation oid, number smallint)
  returns boolean
  language sql immutable
  set search_path = pg_catalog, pg_temp
as $$
  -- Null where there is no such column. What is granted is not asked for.
  select has_column_privilege(has_column.relation, has_column.number, 'select') is not null;
$$;

comment on function pgscript_engine.has_column(oid, smallint) is
  'Whether a table has a column of that number. Said to be immutable so that a plan holds the answer: for statements on rows of that very table, which are planned anew when its columns change.';

alter function pgscript_engine.has_column(oid, smallint) owner to pgscript_engine;
revoke all on function pgscript_engine.has_column(oid, smallint) from public;
