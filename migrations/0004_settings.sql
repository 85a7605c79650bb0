-- Settings of a tenant: what its scripts may do and how they run, beside limits and quotas. What
-- there is, is a table, so that a part of the product brings its own with its migration.

create table pgscript_engine.setting_definitions (
  name          text    not null primary key,
  kind          text    not null,
  default_value jsonb   not null,
  -- Of a choice: the values. Of a number: the least and the greatest.
  choices       jsonb,
  operator_only boolean not null default false,
  description   text    not null,
  constraint setting_definitions_kind_is_known check (kind in ('choice', 'boolean', 'number', 'text_list')),
  constraint setting_definitions_choices_are_an_array check (jsonb_typeof(choices) = 'array'),
  constraint setting_definitions_choice_and_number_have_choices check (
    (kind in ('choice', 'number')) = (choices is not null)
  )
);
comment on table pgscript_engine.setting_definitions is 'Every setting a tenant has: kind, default and range.';
comment on column pgscript_engine.setting_definitions.operator_only is
  'Whether only an operator may set it, because it weakens a wall or costs others something.';

alter table pgscript.tenants add column settings jsonb not null default '{}';
alter table pgscript.tenants add constraint tenants_settings_are_an_object_of_at_most_64_kb check (
  jsonb_typeof(settings) = 'object' and octet_length(settings::text) <= 65536
);
comment on column pgscript.tenants.settings is
  'What was set of pgscript_engine.setting_definitions; what is absent has its default.';

-- It returns the settings now.
drop function if exists pgscript_engine.load_version(text, uuid, uuid, integer);
