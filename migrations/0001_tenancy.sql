-- Who exists: tenants, users, memberships, roles, API keys; and the secrets that make a
-- transaction's tenant impossible to forge. Every table with tenant data carries tenant_id in
-- its primary key, so that a foreign key can be composite and never point into another tenant.

-- The ground, a row at most: which binary applied sql/ last, so that an older one refuses to start.
create table pgscript_private.installation (
  only_one   boolean     not null default true primary key,
  version    text        not null,
  updated_at timestamptz not null default now(),
  constraint installation_is_a_single_row check (only_one)
);

-- Keys of the tenant context's MAC. Precomputed HMAC pads (RFC 2104): key xor 0x36…, key xor 0x5c….
create table pgscript_private.context_keys (
  id         smallint    not null primary key,
  inner_pad  bytea       not null,
  outer_pad  bytea       not null,
  created_at timestamptz not null default now(),
  constraint context_keys_pads_are_one_sha256_block check (length(inner_pad) = 64 and length(outer_pad) = 64)
);

-- What lets a node register itself: the hash of a key derived from the installation's secret.
create table pgscript_private.installation_keys (
  id         text        not null primary key,
  hash       bytea       not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  constraint installation_keys_hash_is_sha256 check (length(hash) = 32)
);

create table pgscript.permissions (
  name        text not null primary key,
  description text not null
);

insert into pgscript.permissions (name, description) values
  ('scripts.read',        'See scripts and their versions'),
  ('scripts.create',      'Create scripts'),
  ('scripts.update',      'Change, activate, pause and roll back scripts, and run drafts'),
  ('scripts.delete',      'Archive scripts'),
  ('scripts.execute',     'Run scripts by hand or through the API'),
  ('executions.read',     'See executions, their input, output and logs'),
  ('dead_letters.manage', 'Inspect, edit, redrive and discard dead letters'),
  ('secrets.manage',      'Create, replace and delete secrets'),
  ('members.manage',      'Invite and remove members, assign roles, manage API keys'),
  ('settings.manage',     'Change the tenant''s settings, limits and quotas'),
  ('audit.read',          'Read the audit log');

create table pgscript.tenants (
  id         uuid        not null primary key,
  key        text        not null,
  name       text        not null,
  status     text        not null default 'active',
  limits     jsonb       not null default '{}',
  -- Quotas have no system default: absent means without one.
  quotas     jsonb       not null default '{}',
  retention_days smallint not null default 90,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint tenants_key_is_unique unique (key),
  constraint tenants_key_is_1_to_200_printable_characters check (
    length(key) between 1 and 200 and key !~ '[[:cntrl:]]' and key = btrim(key)
  ),
  constraint tenants_name_is_1_to_200_characters check (length(name) between 1 and 200),
  constraint tenants_status_is_known check (status in ('active', 'suspended')),
  constraint tenants_limits_are_an_object check (jsonb_typeof(limits) = 'object'),
  constraint tenants_quotas_are_an_object check (jsonb_typeof(quotas) = 'object'),
  constraint tenants_retention_days_are_a_class check (retention_days in (7, 30, 90, 365))
);

create table pgscript.users (
  id          uuid        not null primary key,
  external_id text,
  email       text,
  name        text        not null,
  is_operator boolean     not null default false,
  created_at  timestamptz not null default now(),
  disabled_at timestamptz,
  constraint users_external_id_is_unique unique (external_id),
  constraint users_email_looks_like_one check (email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and length(email) <= 254),
  constraint users_name_is_1_to_200_characters check (length(name) between 1 and 200),
  constraint users_can_be_named_from_outside check (email is not null or external_id is not null)
);
create unique index users_email_is_unique_ignoring_case on pgscript.users (lower(email));

create table pgscript.roles (
  tenant_id   uuid    not null references pgscript.tenants on delete cascade,
  name        text    not null,
  description text    not null default '',
  is_built_in boolean not null default false,
  primary key (tenant_id, name),
  constraint roles_name_is_1_to_60_characters check (length(name) between 1 and 60 and name !~ '[[:cntrl:]]')
);

create table pgscript.role_permissions (
  tenant_id  uuid not null,
  role       text not null,
  permission text not null references pgscript.permissions (name),
  primary key (tenant_id, role, permission),
  foreign key (tenant_id, role) references pgscript.roles (tenant_id, name) on update cascade on delete cascade
);

create table pgscript.memberships (
  tenant_id  uuid        not null references pgscript.tenants on delete cascade,
  user_id    uuid        not null references pgscript.users on delete cascade,
  role       text        not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id),
  foreign key (tenant_id, role) references pgscript.roles (tenant_id, name) on update cascade on delete restrict
);
create index memberships_by_user on pgscript.memberships (user_id);
create index memberships_by_role on pgscript.memberships (tenant_id, role);

create table pgscript.api_keys (
  tenant_id    uuid        not null references pgscript.tenants on delete cascade,
  id           uuid        not null,
  name         text        not null,
  -- The first characters of the key, so that its owner can tell which one it is.
  prefix       text        not null,
  user_id      uuid,
  created_by   uuid,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz,
  primary key (tenant_id, id),
  -- A key that acts for a user ends with the membership.
  foreign key (tenant_id, user_id) references pgscript.memberships (tenant_id, user_id) on delete cascade,
  constraint api_keys_name_is_1_to_100_characters check (length(name) between 1 and 100)
);

create table pgscript.api_key_scopes (
  tenant_id  uuid not null,
  api_key_id uuid not null,
  permission text not null references pgscript.permissions (name),
  primary key (tenant_id, api_key_id, permission),
  foreign key (tenant_id, api_key_id) references pgscript.api_keys (tenant_id, id) on delete cascade
);

-- Apart from api_keys, so that no grant on that table can ever show a hash.
create table pgscript_private.api_key_hashes (
  tenant_id  uuid  not null,
  api_key_id uuid  not null,
  hash       bytea not null,
  primary key (tenant_id, api_key_id),
  foreign key (tenant_id, api_key_id) references pgscript.api_keys (tenant_id, id) on delete cascade,
  constraint api_key_hashes_hash_is_unique unique (hash),
  constraint api_key_hashes_hash_is_sha256 check (length(hash) = 32)
);

-- Roles of the host platform that may act from plain SQL, and for whom.
create table pgscript_private.host_roles (
  role          text    not null,
  -- The nil uuid stands for every tenant, so that the key can hold it.
  tenant_id     uuid    not null default '00000000-0000-0000-0000-000000000000',
  may_administer boolean not null default false,
  primary key (role, tenant_id)
);

create table pgscript.audit_log (
  tenant_id      uuid        not null references pgscript.tenants on delete restrict,
  id             uuid        not null,
  at             timestamptz not null default now(),
  action         text        not null,
  subject_type   text        not null,
  subject_id     text        not null,
  actor_kind     text        not null,
  actor_user_id  uuid,
  actor_key_id   uuid,
  actor_role     text,
  remote_address text,
  before         jsonb,
  after          jsonb,
  primary key (tenant_id, id),
  constraint audit_log_actor_kind_is_known check (actor_kind in ('user', 'api_key', 'operator', 'sql', 'system')),
  constraint audit_log_actor_is_named check (
    (actor_kind = 'user') <= (actor_user_id is not null)
    and (actor_kind = 'api_key') <= (actor_key_id is not null)
    and (actor_kind = 'sql') <= (actor_role is not null)
  )
);

comment on table pgscript_private.installation is 'The version of pgscript that applied the SQL objects last.';
comment on table pgscript_private.context_keys is 'HMAC pads that sign the tenant context of a transaction.';
comment on table pgscript_private.installation_keys is 'Hashes of the keys with which nodes register themselves.';
comment on table pgscript.permissions is 'Every permission there is, with what it allows.';
comment on table pgscript.tenants is 'The platform''s customers; key is the platform''s own name for each.';
comment on column pgscript.tenants.limits is 'Upper bounds and defaults for the tenant''s scripts, by limit name; absent: the system default.';
comment on column pgscript.tenants.quotas is 'executions_per_hour and stored_bytes; what exceeds one is refused.';
comment on column pgscript.tenants.retention_days is 'How long finished executions are kept: 7, 30, 90 or 365 days.';
comment on table pgscript.users is 'People, of whatever tenants they are members of.';
comment on column pgscript.users.external_id is 'The host platform''s id for the user.';
comment on column pgscript.users.is_operator is 'Operators act across tenants; each such act is audited.';
comment on table pgscript.roles is 'Named sets of permissions of a tenant; admin, developer and viewer are built in.';
comment on table pgscript.role_permissions is 'What each role may do.';
comment on table pgscript.memberships is 'Which user belongs to which tenant, in which role.';
comment on table pgscript.api_keys is 'Keys for programs; the key itself is shown once and kept only as a hash.';
comment on table pgscript.api_key_scopes is 'The permissions an API key carries.';
comment on table pgscript_private.api_key_hashes is 'SHA-256 of each API key.';
comment on table pgscript_private.host_roles is 'Database roles of the host platform that may act, and for which tenants.';
comment on table pgscript.audit_log is 'Who did what, when, from where, with the state before and after; append-only.';
