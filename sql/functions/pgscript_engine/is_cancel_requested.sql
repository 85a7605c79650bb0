create or replace function pgscript_engine.is_cancel_requested(tenant_id uuid, execution_id uuid)
  returns boolean
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from pgscript_engine.cancel_requests as request
    where request.tenant_id = is_cancel_requested.tenant_id
      and request.execution_id = is_cancel_requested.execution_id
  );
$$;

comment on function pgscript_engine.is_cancel_requested(uuid, uuid) is
  'Whether somebody has asked to stop the execution.';

alter function pgscript_engine.is_cancel_requested(uuid, uuid) owner to pgscript_engine;
revoke all on function pgscript_engine.is_cancel_requested(uuid, uuid) from public;
