create or replace function pgscript.uuid_v7(at timestamptz default clock_timestamp())
  returns uuid
  language sql volatile parallel safe
  set search_path = pg_catalog, pg_temp
as $$
  -- RFC 9562, section 5.7: 48 bits of Unix milliseconds, version 7, and in rand_a the fraction of
  -- the millisecond in 1/4096ths, so that ids made in one millisecond still sort by time.
  with clock as (
    select (extract(epoch from uuid_v7.at) * 1000)::numeric as ms
  )
  select encode(
    substring(int8send(floor(clock.ms)::bigint) from 3)
      || substring(int4send((28672 + floor((clock.ms - floor(clock.ms)) * 4096)::int)) from 3)
      || substring(uuid_send(gen_random_uuid()) from 9),
    'hex'
  )::uuid
  from clock;
$$;

comment on function pgscript.uuid_v7(timestamptz) is
  'A time-ordered UUID (version 7) for a moment, now by default; PostgreSQL has its own only from 18.';

alter function pgscript.uuid_v7(timestamptz) owner to pgscript_owner;
revoke all on function pgscript.uuid_v7(timestamptz) from public;
-- Host roles insert events, whose ids it makes.
grant execute on function pgscript.uuid_v7(timestamptz) to pgscript_engine, pgscript_integrator;
