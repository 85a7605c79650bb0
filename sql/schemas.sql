-- The schemas, and the record of what has been applied. Runs first and every time.
create schema if not exists pgscript authorization pgscript_owner;
create schema if not exists pgscript_engine authorization pgscript_owner;
create schema if not exists pgscript_private authorization pgscript_owner;
create schema if not exists pgscript_shared authorization pgscript_owner;
create schema if not exists pgscript_boss authorization pgscript_owner;

create table if not exists pgscript_private.applied_migrations (
  name       text        not null primary key,
  hash       text        not null,
  applied_at timestamptz not null default now()
);
alter table pgscript_private.applied_migrations owner to pgscript_owner;
comment on table pgscript_private.applied_migrations is 'The migrations this database has, with the hash of each file.';

create table if not exists pgscript_private.applied_objects (
  path       text        not null primary key,
  hash       text        not null,
  applied_at timestamptz not null default now()
);
alter table pgscript_private.applied_objects owner to pgscript_owner;
comment on table pgscript_private.applied_objects is 'The files of sql/ as last applied, with the hash of each.';
