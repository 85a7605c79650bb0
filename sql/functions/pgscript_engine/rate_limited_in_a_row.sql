create or replace function pgscript_engine.rate_limited_in_a_row(tenant_id uuid, id uuid, error jsonb)
  returns integer
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select case
    when rate_limited_in_a_row.error ->> 'code' = 'rate_limited' then 1 + coalesce((
      -- The number is there since fail_executions writes it; a takeover leaves it as it is.
      select (execution.last_error ->> 'failuresInARow')::integer
      from pgscript_engine.live_executions as execution
      where execution.tenant_id = rate_limited_in_a_row.tenant_id and execution.id = rate_limited_in_a_row.id
        and execution.last_error ->> 'code' = 'rate_limited'
    ), 0)
    else 0
  end;
$$;

comment on function pgscript_engine.rate_limited_in_a_row(uuid, uuid, jsonb) is
  'How many attempts of an execution, up to the one that ended with this error and is not written down yet, our own rates have ended without another failure between them; 0 where the error is another.';

alter function pgscript_engine.rate_limited_in_a_row(uuid, uuid, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.rate_limited_in_a_row(uuid, uuid, jsonb) from public;
