create or replace function pgscript_engine.shortened_json(value jsonb)
  returns jsonb
  language sql immutable
  set search_path = pg_catalog, pg_temp
as $$
  select case
    when length(shortened_json.value::text) > 2000 then to_jsonb(left(shortened_json.value::text, 2000) || '…')
    else shortened_json.value
  end;
$$;

comment on function pgscript_engine.shortened_json(jsonb) is
  'A JSON value as it is kept in the audit log, for good: itself or, where its text is longer than 2,000 characters, the beginning of that text, with … at its end.';

alter function pgscript_engine.shortened_json(jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.shortened_json(jsonb) from public;
