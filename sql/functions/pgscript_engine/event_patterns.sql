create or replace function pgscript_engine.event_patterns(type text)
  returns text[]
  language sql immutable parallel safe
-- Read when it is made, not when it runs, and without a setting: so it becomes part of the statement that
-- calls it. A call would cost as much as the look at the subscriptions.
return array[
    event_patterns.type,
    -- Our own life cycle is heard by who names it only.
    case when not starts_with(event_patterns.type, 'pgscript.') then '*' end,
    case when strpos(event_patterns.type, '.') > 0 then split_part(event_patterns.type, '.', 1) || '.*' end
  ]
  || case when split_part(event_patterns.type, '.', 3) <> '' then pgscript_engine.deeper_event_patterns(event_patterns.type) end;

comment on function pgscript_engine.event_patterns(text) is
  'What a subscription may say to get events of a type: the type itself, each prefix of it with .*, and * where the event is not one of pgscript''s own. Some are null.';

alter function pgscript_engine.event_patterns(text) owner to pgscript_engine;
alter function pgscript_engine.event_patterns(text) reset all;
revoke all on function pgscript_engine.event_patterns(text) from public;
