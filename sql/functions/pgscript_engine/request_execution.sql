create or replace function pgscript_engine.request_execution(
  tenant_key text, script text, input jsonb, trigger_type text, priority integer default 0,
  run_at timestamptz default null, idempotency_key text default null, awaited_by text default null
)
  returns uuid
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  this_tenant uuid := pgscript_engine.authorize(request_execution.tenant_key, 'scripts.execute');
  tenant pgscript.tenants;
  wanted pgscript.scripts := pgscript_engine.find_script(this_tenant, request_execution.script);
  limits jsonb;
  input_size integer := octet_length(request_execution.input::text);
  context text[] := pgscript_private.verified_context();
  execution_id uuid;
  is_new boolean;
begin
  select found.* into tenant from pgscript.tenants as found where found.id = this_tenant;
  if tenant.status <> 'active' then
    raise exception using
      errcode = 'PS409', constraint = 'tenant_suspended',
      message = 'The tenant is suspended; its scripts do not run.';
  end if;
  if wanted.status <> 'active' then
    -- A draft runs by the hand of someone who may edit it.
    if wanted.status = 'draft' then
      perform pgscript_engine.authorize(request_execution.tenant_key, 'scripts.update');
      perform pgscript_engine.require_accepted(this_tenant, wanted.id, wanted.latest_version);
    else
      raise exception using
        errcode = 'PS409', constraint = 'script_not_active', column = 'script',
        message = format('The script is %s, and only active scripts run.', wanted.status),
        hint = 'Resume it with pgscript.set_script_status(tenant_key, script, ''active'').';
    end if;
  end if;

  if tenant.quotas <> '{}' then
    perform pgscript_engine.check_quotas(this_tenant, tenant.quotas, 1);
  end if;
  -- Limits are only looked up where one of them may matter: it is a tenth of this function.
  if wanted.retry or input_size > (
    select
      case when tenant.limits ? 'input_bytes' or wanted.limits ? 'input_bytes' then 0 else definition.default_value end
    from pgscript_engine.limit_definitions as definition
    where definition.name = 'input_bytes'
  ) then
    limits := pgscript_engine.effective_limits(tenant.limits, wanted.limits);
  end if;
  if input_size > (limits ->> 'input_bytes')::bigint then
    raise exception using
      errcode = 'PS422', constraint = 'input_too_large', column = 'input',
      message = format('input: is %s bytes as JSON; the limit is %s.', input_size, limits ->> 'input_bytes');
  end if;
  if request_execution.priority not between -100 and 100 then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_priority', column = 'priority',
      message = 'priority: must be from -100 (last) to 100 (first).';
  end if;
  if length(request_execution.idempotency_key) not between 1 and 200 then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_idempotency_key', column = 'idempotency_key',
      message = 'idempotency_key: must be 1 to 200 characters.';
  end if;

  select enqueued.id, enqueued.is_new into execution_id, is_new
  from pgscript_engine.enqueue_executions(array[row(
    this_tenant, wanted.id, coalesce(wanted.active_version, wanted.latest_version), request_execution.trigger_type,
    request_execution.input, request_execution.priority, request_execution.run_at,
    -- A caller who waits for the result gets the first one.
    case
      when wanted.retry and request_execution.awaited_by is null
        then 1 + (limits ->> 'retries')::smallint
      else 1
    end,
    nullif(context[2], '')::uuid, nullif(context[3], '')::uuid,
    request_execution.idempotency_key, request_execution.awaited_by, null
  )::pgscript_engine.execution_request]) as enqueued;

  if is_new and request_execution.trigger_type = 'manual' then
    perform pgscript_engine.audit(
      this_tenant, 'execution.requested', 'execution', execution_id::text, null,
      jsonb_build_object('script', wanted.name, 'version', coalesce(wanted.active_version, wanted.latest_version))
    );
  end if;
  return execution_id;
end
$$;

comment on function pgscript_engine.request_execution(text, text, jsonb, text, integer, timestamptz, text, text) is
  'Asks for one run of a script by name or id, in the caller''s transaction, after checking the caller''s permission; the way behind execute_script, the HTTP API and the command line. awaited_by names the node on which somebody waits for the result.';

alter function pgscript_engine.request_execution(text, text, jsonb, text, integer, timestamptz, text, text) owner to pgscript_engine;
revoke all on function pgscript_engine.request_execution(text, text, jsonb, text, integer, timestamptz, text, text) from public;
grant execute on function pgscript_engine.request_execution(text, text, jsonb, text, integer, timestamptz, text, text) to pgscript_node;
