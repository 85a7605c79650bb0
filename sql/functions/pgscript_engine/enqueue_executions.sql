create or replace function pgscript_engine.enqueue_executions(requests pgscript_engine.execution_request[])
  returns table (ordinal bigint, tenant_id uuid, id uuid, is_new boolean)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  request pgscript_engine.execution_request;
begin
  -- One at a time is what publishers do, and the statement for many costs them twice as much to start.
  if cardinality(enqueue_executions.requests) = 1 and enqueue_executions.requests[1].idempotency_key is null then
    request := enqueue_executions.requests[1];
    id := pgscript.uuid_v7();
    insert into pgscript_engine.live_executions (
      tenant_id, id, script_id, version, trigger_type, priority, run_at, max_attempts, user_id, api_key_id,
      awaited_by, cause, input, retention_class
    )
    select
      tenant.id, enqueue_executions.id, request.script_id, request.version, request.trigger_type,
      coalesce(request.priority, 0), coalesce(request.run_at, now()), coalesce(request.max_attempts, 1),
      request.user_id, request.api_key_id, request.awaited_by, coalesce(request.cause, '{}'),
      coalesce(request.input, '{}'), tenant.retention_days
    from pgscript.tenants as tenant
    join pgscript.script_versions as snapshot
      on snapshot.tenant_id = tenant.id and snapshot.script_id = request.script_id and snapshot.version = request.version
    where tenant.id = request.tenant_id;
    if not found then
      perform pgscript_engine.refuse_unknown_version(request);
    end if;
    ordinal := 1;
    tenant_id := request.tenant_id;
    is_new := true;
    return next;
  else
    return query select * from pgscript_engine.enqueue_batch(enqueue_executions.requests);
  end if;

  -- As ring_doorbell does, without the price of its call.
  if exists (select from pgscript_engine.nodes as node where node.asleep)
    and coalesce(current_setting('pgscript.doorbell', true), '') <> 'off'
  then
    perform pg_notify('pgscript_work', '');
  end if;
end
$$;

comment on function pgscript_engine.enqueue_executions(pgscript_engine.execution_request[]) is
  'Puts executions on the queue, in the caller''s transaction, and rings a sleeping node when that commits. Returns each request''s position (from 1), its execution, and whether that is new: a request whose idempotency key is already taken gets the execution that has it. Checks no permission.';

alter function pgscript_engine.enqueue_executions(pgscript_engine.execution_request[]) owner to pgscript_engine;
revoke all on function pgscript_engine.enqueue_executions(pgscript_engine.execution_request[]) from public;
