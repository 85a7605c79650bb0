create or replace function pgscript_engine.check_event_config(config jsonb)
  returns void
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  fault text[];
  pattern text;
begin
  fault := case
    when jsonb_typeof(check_event_config.config -> 'events') is distinct from 'array'
        or jsonb_array_length(check_event_config.config -> 'events') not between 1 and 100
        or jsonb_path_exists(check_event_config.config -> 'events', '$[*] ? (@.type() != "string")')
      then array['config.events', 'an event script needs 1 to 100 event types, such as ["order.created"]']
    when jsonb_typeof(check_event_config.config -> 'filter') not in ('string', 'null')
      then array['config.filter', 'must be a text, a jsonpath predicate']
  end;
  if fault is null then
    select wanted.pattern into pattern
    from jsonb_array_elements_text(check_event_config.config -> 'events') as wanted (pattern)
    where wanted.pattern <> '*' and not pgscript_engine.is_event_type(regexp_replace(wanted.pattern, '\.\*$', ''))
    limit 1;
    if found then
      fault := array['config.events', format(
        '%L is neither an event type, nor the beginning of one with .*, nor *; a type is words of lower-case letters, digits and _ with dots between, begins with a letter, and has at most 200 characters and 20 words',
        left(pattern, 100)
      )];
    end if;
  end if;
  if fault is null then
    -- Nobody else publishes what begins so, so a script that waits for another one would wait for ever.
    select wanted.pattern into pattern
    from jsonb_array_elements_text(check_event_config.config -> 'events') as wanted (pattern)
    where (wanted.pattern = 'pgscript' or wanted.pattern like 'pgscript.%')
      and wanted.pattern not in (
        'pgscript.*', 'pgscript.script.*', 'pgscript.script.created', 'pgscript.script.updated',
        'pgscript.script.deleted', 'pgscript.script.status_changed', 'pgscript.execution.*',
        'pgscript.execution.completed', 'pgscript.execution.failed', 'pgscript.execution.timeout'
      )
    limit 1;
    if found then
      fault := array['config.events', format(
        'pgscript publishes no %L; there are pgscript.script.created, .updated, .deleted and .status_changed, pgscript.execution.completed, .failed and .timeout, and pgscript.script.*, pgscript.execution.* and pgscript.*',
        left(pattern, 100)
      )];
    end if;
  end if;
  if fault is null then
    select entry.key into pattern
    from jsonb_object_keys(check_event_config.config) as entry (key) where entry.key not in ('events', 'filter')
    order by entry.key
    limit 1;
    if found then
      fault := array['config.' || left(pattern, 60), 'an event script has events and filter'];
    end if;
  end if;
  if fault is not null then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_config', column = fault[1], message = fault[1] || ': ' || fault[2] || '.',
      hint = 'For example {"events": ["order.created", "user.*"], "filter": "$.total > 100"}.';
  end if;
  if check_event_config.config ->> 'filter' is not null then
    perform pgscript_engine.check_event_filter(check_event_config.config ->> 'filter');
  end if;
end
$$;

comment on function pgscript_engine.check_event_config(jsonb) is
  'Raises unless a configuration is one of an event script: which types it gets, and under which condition on the payload.';

alter function pgscript_engine.check_event_config(jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.check_event_config(jsonb) from public;
