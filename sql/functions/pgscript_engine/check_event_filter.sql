create or replace function pgscript_engine.check_event_filter(filter text)
  returns void
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  no_condition constant text := 'is a path, not a condition; write exists(…) around it, or compare what it finds';
  reason text;
  predicate jsonpath;
  variable text;
  answer jsonb;
begin
  if length(check_event_filter.filter) not between 1 and 1000 then
    reason := 'must be 1 to 1000 characters';
  -- Reading a jsonpath compiles its expressions, and counts make that take seconds.
  elsif check_event_filter.filter ~ 'like_regex' and check_event_filter.filter ~ '[{]|\\[ux]' then
    reason := 'has like_regex beside { or an escaped character; use starts with, or an expression without repetition counts';
  else
    begin
      predicate := check_event_filter.filter::jsonpath;
      -- PostgreSQL prints a jsonpath in one form, so this looks at what will run, and before it runs.
      reason := pgscript_engine.costly_filter(predicate::text);
      -- Rather than what it would cost, for it never has an answer.
      select hit.words[2] into variable
      from regexp_matches(predicate::text, '(\$?)"((?:[^"\\]|\\.)*)"', 'g') as hit (words)
      where hit.words[1] = '$'
      limit 1;
      if found then
        reason := format('has the variable $%s, and there are no variables; write the value itself', left(variable, 100));
      end if;
    exception when others then
      reason := 'is no jsonpath: ' || sqlerrm;
    end;
  end if;
  if reason is null then
    begin
      -- A predicate has one answer for whatever it is asked of, a path has what it finds.
      select min(answers.answer::text)::jsonb into answer
      from jsonb_path_query('{}', pgscript_engine.bounded_filter(predicate::text)::jsonpath, silent => true) as answers (answer)
      having count(*) = 1;
      reason := case when answer is null or jsonb_typeof(answer) not in ('boolean', 'null')
        then no_condition end;
    exception when others then
      reason := 'is no jsonpath: ' || sqlerrm;
    end;
  end if;
  if reason is null and jsonb_typeof(answer) = 'null' then
    begin
      -- A condition that is unknown answers null, and so does the literal, which is a path: nothing but a condition can
      -- be asked whether it is unknown.
      perform regexp_replace(predicate::text, '^(strict )?(.*)$', '\1(\2) is unknown')::jsonpath;
    exception when others then
      reason := no_condition;
    end;
  end if;
  if reason is not null then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_event_filter', column = 'config.filter',
      message = format('config.filter: %s.', reason),
      hint = 'A PostgreSQL jsonpath predicate on the payload, such as $.total > 100 or exists($.lines[*] ? (@.sku == "A1")).';
  end if;
end
$$;

comment on function pgscript_engine.check_event_filter(text) is
  'Raises invalid_event_filter unless a text is a jsonpath predicate whose cost grows no faster than the payload: it runs in the publisher''s transaction.';

alter function pgscript_engine.check_event_filter(text) owner to pgscript_engine;
revoke all on function pgscript_engine.check_event_filter(text) from public;
