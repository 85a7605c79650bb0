create or replace function pgscript_engine.check_description(description text)
  returns void
  language plpgsql immutable
  set search_path = pg_catalog, pg_temp
as $$
begin
  if length(description) > 500 then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_description', column = 'description',
      message = format('description: has %s characters; the limit is 500.', length(description));
  end if;
end
$$;

comment on function pgscript_engine.check_description(text) is
  'Raises invalid_description where it is longer than those of secrets and variables may be.';

alter function pgscript_engine.check_description(text) owner to pgscript_engine;
revoke all on function pgscript_engine.check_description(text) from public;
