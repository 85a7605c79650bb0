-- A grant belongs to the role itself, which has a number for life: one that is renamed keeps it, and one that is made
-- anew under the name of one that was dropped does not find it.

-- A table's owner is under its policies too, and has none.
alter table pgscript_private.host_roles no force row level security;
alter table pgscript_private.host_roles
  add column role_oid oid not null default 0,
  add column table_oid oid not null default 0;
update pgscript_private.host_roles as granted
set
  role_oid = coalesce((select role.oid from pg_catalog.pg_roles as role where role.rolname = granted.role), 0),
  table_oid = granted.tableoid;
alter table pgscript_private.host_roles force row level security;

alter table pgscript_private.host_roles
  alter column role_oid drop default,
  alter column table_oid drop default,
  drop constraint host_roles_pkey,
  -- A name may be there twice: of a role that has another one by now, and of who has it today.
  add constraint host_roles_pkey primary key (role_oid, role, tenant_id);

comment on column pgscript_private.host_roles.role is 'What the role was called when it was granted this.';
comment on column pgscript_private.host_roles.role_oid is 'The role; where there is none of this number, the row counts for nobody.';
comment on column pgscript_private.host_roles.table_oid is
  'This table, when the row was written: in what a dump of it was restored to, numbers of roles may be those of others, so the row counts for nobody.';
