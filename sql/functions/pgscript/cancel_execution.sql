create or replace function pgscript.cancel_execution(tenant_key text, id uuid)
  returns text
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  this_tenant uuid := pgscript_engine.authorize(cancel_execution.tenant_key, 'scripts.execute');
  execution pgscript_engine.live_executions;
  final_status text;
begin
  -- A look without a lock first. The row of a running execution is its node's: locked until the end of
  -- a long transaction, it would keep the node from renewing and reporting.
  select living.* into execution
  from pgscript_engine.live_executions as living
  where living.tenant_id = this_tenant and living.id = cancel_execution.id;
  if execution.status = 'pending' then
    select living.* into execution
    from pgscript_engine.live_executions as living
    where living.tenant_id = this_tenant and living.id = cancel_execution.id
    for update;
  end if;
  if execution.id is null then
    select finished.status into final_status
    from pgscript_engine.execution_history as finished
    where finished.tenant_id = this_tenant and finished.id = cancel_execution.id;
    if not found then
      raise exception using
        errcode = 'PS404', constraint = 'execution_not_found', column = 'id',
        message = format('The tenant has no execution %s.', cancel_execution.id);
    end if;
    return final_status;
  end if;

  if execution.status = 'pending' then
    perform pgscript_engine.archive_executions(
      array[this_tenant], array[execution.id], array['cancelled'], array[null::jsonb], array[execution.last_error],
      array['{}'::jsonb], array[null::jsonb]
    );
    final_status := 'cancelled';
  else
    insert into pgscript_engine.cancel_requests (tenant_id, execution_id)
    values (this_tenant, execution.id)
    on conflict do nothing;
    if found then
      perform pg_notify('pgscript_cancel', execution.claimed_by || ' ' || execution.id);
    end if;
  end if;
  perform pgscript_engine.audit(
    this_tenant, 'execution.cancelled', 'execution', execution.id::text, jsonb_build_object('status', execution.status)
  );
  return coalesce(final_status, execution.status);
end
$$;

comment on function pgscript.cancel_execution(text, uuid) is
  'Stops an execution and returns its status then: a waiting one is cancelled at once, a running one within a second, on whichever node it runs (running is returned); a finished one stays as it is. Needs scripts.execute. tenant_key may be null where the transaction has a tenant.';

alter function pgscript.cancel_execution(text, uuid) owner to pgscript_engine;
revoke all on function pgscript.cancel_execution(text, uuid) from public;
grant execute on function pgscript.cancel_execution(text, uuid) to pgscript_user, pgscript_operator, pgscript_integrator;
