create or replace function pgscript_engine.lacks_column(relation oid, number smallint)
  returns boolean
  language sql immutable
  set search_path = pg_catalog, pg_temp
as $$
  -- Null where there is no such table or column. What is granted is not asked for.
  select
    has_table_privilege(lacks_column.relation, 'select') is not null
    and has_column_privilege(lacks_column.relation, lacks_column.number, 'select') is null;
$$;

comment on function pgscript_engine.lacks_column(oid, smallint) is
  'Whether there is such a table, and it has no column of that number. Said to be immutable so that a plan holds the answer: for statements on rows of that very table, which are planned anew when its columns change.';

alter function pgscript_engine.lacks_column(oid, smallint) owner to pgscript_engine;
revoke all on function pgscript_engine.lacks_column(oid, smallint) from public;
