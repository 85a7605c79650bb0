create or replace function pgscript_engine.request_execution_by_key(
  api_key text, capability text, remote_address text, script text, input jsonb, priority integer default 0,
  run_at timestamptz default null, idempotency_key text default null, awaited_by text default null
)
  returns table (tenant_id uuid, execution_id uuid)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  holder record;
begin
  select known.* into holder from pgscript_engine.authenticate_api_key(request_execution_by_key.api_key) as known;
  if not found then
    raise exception using
      errcode = 'PS401', constraint = 'unauthenticated',
      message = 'The API key is unknown, revoked or expired.',
      hint = 'Send a valid key as "Authorization: Bearer pgs_…".';
  end if;
  perform pgscript_engine.enter(
    holder.tenant_id, holder.user_id, holder.permissions, request_execution_by_key.capability, false,
    holder.api_key_id, request_execution_by_key.remote_address
  );
  return query
  select
    holder.tenant_id,
    pgscript_engine.request_execution(
      null, request_execution_by_key.script, request_execution_by_key.input, 'api', request_execution_by_key.priority,
      request_execution_by_key.run_at, request_execution_by_key.idempotency_key, request_execution_by_key.awaited_by
    );
end
$$;

comment on function pgscript_engine.request_execution_by_key(text, text, text, text, jsonb, integer, timestamptz, text, text) is
  'request_execution for the holder of an API key, in one round trip: authenticates, enters the key''s context, asks for the run. Raises unauthenticated for a key that is unknown, revoked or expired.';

alter function pgscript_engine.request_execution_by_key(text, text, text, text, jsonb, integer, timestamptz, text, text) owner to pgscript_engine;
revoke all on function pgscript_engine.request_execution_by_key(text, text, text, text, jsonb, integer, timestamptz, text, text) from public;
grant execute on function pgscript_engine.request_execution_by_key(text, text, text, text, jsonb, integer, timestamptz, text, text) to pgscript_node;
