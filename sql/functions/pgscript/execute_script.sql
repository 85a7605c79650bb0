create or replace function pgscript.execute_script(
  tenant_key text, script text, input jsonb default '{}', priority integer default 0,
  run_at timestamptz default null, idempotency_key text default null
)
  returns uuid
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  select pgscript_engine.request_execution(
    execute_script.tenant_key, execute_script.script, execute_script.input, 'api', execute_script.priority,
    execute_script.run_at, execute_script.idempotency_key
  );
$$;

comment on function pgscript.execute_script(text, text, jsonb, integer, timestamptz, text) is
  'Asks for one run of the tenant''s script, by name or id, and returns the execution''s id. It runs once this transaction has committed, and never if it rolls back. Higher priority (-100 to 100) goes first; the same idempotency_key returns the same execution. tenant_key may be null where the transaction has a tenant.';

alter function pgscript.execute_script(text, text, jsonb, integer, timestamptz, text) owner to pgscript_engine;
revoke all on function pgscript.execute_script(text, text, jsonb, integer, timestamptz, text) from public;
grant execute on function pgscript.execute_script(text, text, jsonb, integer, timestamptz, text) to pgscript_user, pgscript_operator, pgscript_integrator;
