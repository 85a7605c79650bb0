create or replace function pgscript_engine.first_id(at timestamptz)
  returns uuid
  language sql immutable
  set search_path = pg_catalog, pg_temp
as $$
  select encode(
    substring(int8send(floor(extract(epoch from first_id.at) * 1000)::bigint) from 3) || '\x70008000000000000000'::bytea,
    'hex'
  )::uuid;
$$;

comment on function pgscript_engine.first_id(timestamptz) is 'The smallest UUIDv7 of a moment.';

alter function pgscript_engine.first_id(timestamptz) owner to pgscript_owner;
revoke all on function pgscript_engine.first_id(timestamptz) from public;
grant execute on function pgscript_engine.first_id(timestamptz) to pgscript_engine;
