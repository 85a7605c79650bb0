-- What scripts keep, and what is kept for them: secrets, variables, the cache, storage, collections;
-- and the counters of API calls per minute.

-- A table's owner is under its policies too, and has none.
alter table pgscript_engine.limit_definitions no force row level security;
insert into pgscript_engine.limit_definitions (name, default_value, minimum, maximum, description) values
  ('cache_bytes', 16777216, 0, 1073741824, 'What the cache holds of the tenant''s values'),
  ('value_bytes',   262144, 2, 10485760,   'Size of a cached or stored value, or of a document, as JSON');
alter table pgscript_engine.limit_definitions force row level security;

create table pgscript.secrets (
  tenant_id   uuid        not null references pgscript.tenants on delete cascade,
  name        text        not null collate "C",
  description text        not null default '',
  -- Null: every script of the tenant. Ids, for a name may be given to another script later.
  scripts     uuid[],
  version     integer     not null,
  created_at  timestamptz not null default now(),
  created_by  uuid,
  updated_at  timestamptz not null default now(),
  updated_by  uuid,
  primary key (tenant_id, name),
  constraint secrets_name_is_an_identifier_of_at_most_100_characters check (name ~ '^[A-Za-z_][A-Za-z0-9_.-]{0,99}$'),
  constraint secrets_description_is_at_most_500_characters check (length(description) <= 500),
  constraint secrets_version_is_counted_from_1 check (version >= 1)
);

-- Apart from secrets, so that no grant on that table can ever show a value. AES-256-GCM by a node; the
-- database never has the key.
create table pgscript_private.secret_values (
  tenant_id  uuid    not null,
  name       text    not null collate "C",
  version    integer not null,
  key_id     text    not null,
  nonce      bytea   not null,
  ciphertext bytea   not null,
  primary key (tenant_id, name),
  foreign key (tenant_id, name) references pgscript.secrets (tenant_id, name) on delete cascade,
  constraint secret_values_nonce_is_12_bytes check (length(nonce) = 12),
  constraint secret_values_hold_a_tag_and_at_most_64_kb check (length(ciphertext) between 16 and 65552)
);

create table pgscript.variables (
  tenant_id   uuid        not null references pgscript.tenants on delete cascade,
  name        text        not null collate "C",
  value       jsonb       not null,
  description text        not null default '',
  updated_at  timestamptz not null default now(),
  updated_by  uuid,
  primary key (tenant_id, name),
  constraint variables_name_is_an_identifier_of_at_most_100_characters check (name ~ '^[A-Za-z_][A-Za-z0-9_.-]{0,99}$'),
  constraint variables_value_is_at_most_64_kb check (octet_length(value::text) <= 65536),
  constraint variables_description_is_at_most_500_characters check (length(description) <= 500)
);

-- Unlogged: a crash of the server empties the cache, and a standby has none. In return a write waits for
-- no disk. No foreign key, for its row lock on the tenant would be logged, and each write would wait again.
create unlogged table pgscript_engine.cache_entries (
  tenant_id  uuid        not null,
  -- The nil uuid for a source that is no saved script.
  script_id  uuid        not null,
  key        text        not null collate "C",
  value      jsonb       not null,
  bytes      integer     not null,
  expires_at timestamptz not null,
  primary key (tenant_id, script_id, key),
  constraint cache_entries_key_is_1_to_500_characters check (length(key) between 1 and 500)
) with (fillfactor = 70);
-- What goes first when there is no room, and what has ended.
create index cache_entries_by_expiry on pgscript_engine.cache_entries (tenant_id, expires_at);

-- Unlogged like what it counts, so that a crash empties both.
create unlogged table pgscript_engine.cache_usage (
  tenant_id uuid   not null primary key,
  bytes     bigint not null
) with (fillfactor = 20);

create table pgscript_engine.stored_values (
  tenant_id  uuid        not null references pgscript.tenants on delete cascade,
  key        text        not null collate "C",
  value      jsonb       not null,
  bytes      integer     not null,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, key),
  constraint stored_values_key_is_1_to_500_characters check (length(key) between 1 and 500)
);

create table pgscript_engine.documents (
  tenant_id  uuid        not null references pgscript.tenants on delete cascade,
  collection text        not null collate "C",
  id         text        not null collate "C",
  -- With its id.
  body       jsonb       not null,
  bytes      integer     not null,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, collection, id),
  constraint documents_collection_is_an_identifier_of_at_most_100_characters check (
    collection ~ '^[A-Za-z_][A-Za-z0-9_.-]{0,99}$'
  ),
  constraint documents_id_is_1_to_200_characters check (length(id) between 1 and 200),
  constraint documents_body_is_an_object_with_its_id check (jsonb_typeof(body) = 'object' and body ->> 'id' = id)
);
create index documents_by_age on pgscript_engine.documents (tenant_id, collection, created_at, id);
-- jsonb_path_ops hashes a value with the keys that lead to it. With tenant and collection as the first of
-- these, a search meets no entry of anybody else's, however common the value: neither time nor work is shared.
create index documents_by_content on pgscript_engine.documents
  using gin (jsonb_set('{}', array[tenant_id::text || '/' || collection], body) jsonb_path_ops);

-- One row a tenant, changed by triggers with every write: what storage and collections hold.
create table pgscript_engine.tenant_data (
  tenant_id uuid   not null primary key references pgscript.tenants on delete cascade,
  bytes     bigint not null
) with (fillfactor = 20);

-- How many API calls of a kind nodes have reserved in a minute; one row each, begun anew every minute.
create table pgscript_engine.api_call_windows (
  tenant_id uuid        not null references pgscript.tenants on delete cascade,
  -- The nil uuid counts the whole tenant.
  script_id uuid        not null,
  kind      text        not null,
  minute    timestamptz not null,
  reserved  bigint      not null,
  primary key (tenant_id, script_id, kind)
) with (fillfactor = 20);

comment on table pgscript.secrets is 'Secrets of the tenant: their names, and who may read them; the values are kept encrypted elsewhere and never shown.';
comment on column pgscript.secrets.scripts is 'Ids of the scripts that may read it; null: every script of the tenant.';
comment on column pgscript.secrets.version is 'Grows with every new value.';
comment on table pgscript_private.secret_values is 'Values of secrets, encrypted by nodes.';
comment on table pgscript.variables is 'Plain values that every script of the tenant may read.';
comment on table pgscript_engine.cache_entries is 'What scripts have cached; unlogged, so a crash empties it.';
comment on table pgscript_engine.cache_usage is 'Bytes that each tenant has in the cache.';
comment on table pgscript_engine.stored_values is 'What scripts keep by key, per tenant.';
comment on table pgscript_engine.documents is 'JSON documents in the tenants'' collections.';
comment on table pgscript_engine.tenant_data is 'Bytes that each tenant has in storage and collections.';
comment on table pgscript_engine.api_call_windows is 'API calls that nodes have reserved in the running minute, by kind, of tenants and scripts that have a limit.';
