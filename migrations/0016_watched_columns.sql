-- A watched table's columns are known by their numbers too, as everything in PostgreSQL that depends on a
-- column: one that is renamed is still the one that was meant.
alter table pgscript_engine.watched_tables
  -- Whether there are more of them is asked when a statement is planned.
  drop column column_count,
  -- {"relation": the table's oid, "columns": {name: number}}: numbers hold for that table only, and not for
  -- what a dump of it was restored to.
  add column column_numbers jsonb not null default '{}';
comment on column pgscript_engine.watched_tables.column_numbers is
  'Which columns the names are, when they were last looked at: {"relation", "columns": {name: number}}.';
