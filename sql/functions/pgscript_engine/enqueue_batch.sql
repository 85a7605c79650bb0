create or replace function pgscript_engine.enqueue_batch(requests pgscript_engine.execution_request[])
  returns table (ordinal bigint, tenant_id uuid, id uuid, is_new boolean)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  stray pgscript_engine.execution_request;
begin
  for stray in
    select requested.*
    from unnest(enqueue_batch.requests) as requested
    where not exists (
      select from pgscript.script_versions as snapshot
      where snapshot.tenant_id = requested.tenant_id and snapshot.script_id = requested.script_id
        and snapshot.version = requested.version
    )
    limit 1
  loop
    perform pgscript_engine.refuse_unknown_version(stray);
  end loop;

  return query
  with request as materialized (
    select requested.*, pgscript.uuid_v7() as new_id
    from unnest(enqueue_batch.requests) with ordinality as requested (
      tenant_id, script_id, version, trigger_type, input, priority, run_at, max_attempts, user_id, api_key_id,
      idempotency_key, awaited_by, cause, place
    )
  ),
  -- Of one key asked for twice in one call, the first request wins. A key that another transaction
  -- is just taking makes this wait for it: afterwards there is one execution, whoever made it.
  taken as (
    insert into pgscript_engine.execution_keys as key (tenant_id, key, execution_id)
    select distinct on (request.tenant_id, request.idempotency_key)
      request.tenant_id, request.idempotency_key, request.new_id
    from request
    where request.idempotency_key is not null
    order by request.tenant_id, request.idempotency_key, request.place
    on conflict (tenant_id, key) do update set execution_id = key.execution_id
    returning key.tenant_id, key.key, key.execution_id
  ),
  decided as (
    select request.*, coalesce(taken.execution_id, request.new_id) as execution_id
    from request
    left join taken on taken.tenant_id = request.tenant_id and taken.key = request.idempotency_key
  ),
  inserted as (
    insert into pgscript_engine.live_executions (
      tenant_id, id, script_id, version, trigger_type, priority, run_at, max_attempts, user_id, api_key_id,
      idempotency_key, awaited_by, cause, input, retention_class
    )
    select
      decided.tenant_id, decided.execution_id, decided.script_id, decided.version, decided.trigger_type,
      coalesce(decided.priority, 0), coalesce(decided.run_at, now()), coalesce(decided.max_attempts, 1),
      decided.user_id, decided.api_key_id, decided.idempotency_key, decided.awaited_by,
      coalesce(decided.cause, '{}'), coalesce(decided.input, '{}'), tenant.retention_days
    from decided
    join pgscript.tenants as tenant on tenant.id = decided.tenant_id
    where decided.execution_id = decided.new_id
    returning 1
  )
  select decided.place, decided.tenant_id, decided.execution_id, decided.execution_id = decided.new_id
  from decided
  order by decided.place;
end
$$;

comment on function pgscript_engine.enqueue_batch(pgscript_engine.execution_request[]) is
  'Puts any number of executions on the queue, or one with an idempotency key; enqueue_executions calls it, and rings.';

alter function pgscript_engine.enqueue_batch(pgscript_engine.execution_request[]) owner to pgscript_engine;
revoke all on function pgscript_engine.enqueue_batch(pgscript_engine.execution_request[]) from public;
