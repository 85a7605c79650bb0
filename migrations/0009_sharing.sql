-- What the platform has shared of its tables, and when. It concerns every tenant alike, so it is
-- not in the audit log, whose entries belong to a tenant each. The shares themselves are views in
-- pgscript_shared: the catalog is the truth about them.
create table pgscript_engine.sharing_log (
  id         uuid        not null primary key,
  at         timestamptz not null default now(),
  action     text        not null,
  name       text        not null,
  details    jsonb       not null default '{}',
  actor_role text        not null,
  constraint sharing_log_action_is_known check (action in ('table.shared', 'table.unshared'))
);

comment on table pgscript_engine.sharing_log is 'Which tables of the host were shared with scripts or taken back, by whom; append-only.';
