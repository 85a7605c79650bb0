create or replace function pgscript_engine.check_text(field text, value text, longest integer)
  returns void
  language plpgsql immutable
  set search_path = pg_catalog, pg_temp
as $$
begin
  if length(value) not between 1 and longest or value ~ '[[:cntrl:]]' or value <> btrim(value) then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_' || field, column = field,
      message = format(
        '%s: must be 1 to %s characters, without control characters or spaces at its ends.', field, longest
      );
  end if;
end
$$;

comment on function pgscript_engine.check_text(text, text, integer) is
  'Raises invalid_… unless the field''s value is null or a single line of text that is not too long.';

alter function pgscript_engine.check_text(text, text, integer) owner to pgscript_engine;
revoke all on function pgscript_engine.check_text(text, text, integer) from public;
