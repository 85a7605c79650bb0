create or replace function pgscript.uuid_v7(at timestamptz default null)
  returns uuid
  language plpgsql volatile parallel safe
  set search_path = pg_catalog, pg_temp
as $$
declare
  micros bigint := extract(epoch from coalesce(uuid_v7.at, clock_timestamp())) * 1000000;
begin
  -- RFC 9562, section 5.7: 48 bits of Unix milliseconds, version 7, and in rand_a the fraction of
  -- the millisecond in 1/4096ths, so that ids made in one millisecond still sort by time.
  return encode(
    int8send((micros / 1000) << 16 | 28672 | (micros % 1000) * 4096 / 1000)
      || substring(uuid_send(gen_random_uuid()) from 9),
    'hex'
  )::uuid;
end
$$;

-- PostgreSQL has its own from version 18, for the moment at hand; and a function that is read when it is made,
-- and has no setting, becomes part of the statement that wants an id.
do $do$
begin
  if to_regprocedure('pg_catalog.uuidv7()') is null then
    return;
  end if;
  create or replace function pgscript.uuid_v7(at timestamptz default null)
    returns uuid
    language sql volatile parallel safe
  return case
    when uuid_v7.at is null then uuidv7()
    else encode(
      int8send(
        (extract(epoch from uuid_v7.at) * 1000000)::bigint / 1000 << 16 | 28672
          | (extract(epoch from uuid_v7.at) * 1000000)::bigint % 1000 * 4096 / 1000
      ) || substring(uuid_send(gen_random_uuid()) from 9),
      'hex'
    )::uuid
  end;
  alter function pgscript.uuid_v7(timestamptz) reset all;
end
$do$;

comment on function pgscript.uuid_v7(timestamptz) is
  'A time-ordered UUID (version 7) for a moment, now by default.';

alter function pgscript.uuid_v7(timestamptz) owner to pgscript_owner;
revoke all on function pgscript.uuid_v7(timestamptz) from public;
-- Host roles insert events, whose ids it makes.
grant execute on function pgscript.uuid_v7(timestamptz) to pgscript_engine, pgscript_integrator;
