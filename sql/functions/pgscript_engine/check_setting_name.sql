create or replace function pgscript_engine.check_setting_name(field text, name text)
  returns void
  language plpgsql immutable
  set search_path = pg_catalog, pg_temp
as $$
begin
  if name is null or name !~ '^[A-Za-z_][A-Za-z0-9_.-]{0,99}$' then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_name', column = field,
      message = format(
        '%s: must be 1 to 100 letters, digits, "_", "-" or ".", the first of them a letter or "_".', field
      );
  end if;
end
$$;

comment on function pgscript_engine.check_setting_name(text, text) is
  'Raises invalid_name unless it can be the name of a secret, a variable or a collection.';

alter function pgscript_engine.check_setting_name(text, text) owner to pgscript_engine;
revoke all on function pgscript_engine.check_setting_name(text, text) from public;
