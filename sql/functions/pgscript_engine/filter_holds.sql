create or replace function pgscript_engine.filter_holds(payload jsonb, filter jsonpath)
  returns boolean
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
  -- So that a date is the same moment whoever publishes.
  set timezone = 'UTC'
  -- A precision that is too high is told to nobody.
  set client_min_messages = error
as $$
begin
  return jsonb_path_match_tz(filter_holds.payload, filter_holds.filter, silent => true);
exception when others then
  -- The publisher's transaction must not die of a tenant's condition; what cannot be told is not true.
  return false;
end
$$;

comment on function pgscript_engine.filter_holds(jsonb, jsonpath) is
  'Whether a filter with dates, decimals or regular expressions is true for a payload; false where asking raises.';

alter function pgscript_engine.filter_holds(jsonb, jsonpath) owner to pgscript_engine;
revoke all on function pgscript_engine.filter_holds(jsonb, jsonpath) from public;
