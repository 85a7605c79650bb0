-- Outbound HTTP of scripts: its limits, and which hosts a tenant lets its scripts call.

-- A table's owner is under its policies too, and has none.
alter table pgscript_engine.limit_definitions no force row level security;
insert into pgscript_engine.limit_definitions (name, default_value, minimum, maximum, description) values
  ('http_call_ms',           10000,  100, 120000,   'Time of one HTTP call, from its start to the end of the response'),
  ('http_response_bytes', 10485760, 1024, 10485760, 'Size of an HTTP response''s body, once decoded');
alter table pgscript_engine.limit_definitions force row level security;

-- A pattern that matches nothing would leave open what somebody believes to be closed, so a list of texts
-- may say what each of them must look like.
alter table pgscript_engine.setting_definitions
  add column item_pattern text,
  add column item_form    text,
  add constraint setting_definitions_only_lists_have_items check (kind = 'text_list' or item_pattern is null),
  add constraint setting_definitions_item_pattern_has_words check ((item_pattern is null) = (item_form is null));
comment on column pgscript_engine.setting_definitions.item_pattern is
  'Of a list: the regular expression that each text must match, without regard to case; null: any text.';
comment on column pgscript_engine.setting_definitions.item_form is 'The same in words, for the message.';

insert into pgscript_engine.setting_definitions (name, kind, default_value, description, item_pattern, item_form)
select list.name, 'text_list', '[]', list.description,
  -- A host name, an IPv4 address, or an IPv6 address in brackets.
  '^(\*|(\*\.)?[[:alnum:]_]([[:alnum:]_.-]*[[:alnum:]_])?\.?|\[[0-9a-f:.]+\])$',
  'a host such as api.example.com, or *.example.com for all below it, or * for every host'
from (values
  ('http_allow', 'Hosts that scripts may call by HTTP; empty: every public one'),
  ('http_deny',  'Hosts that scripts may not call by HTTP, also where http_allow names them')
) as list (name, description);
