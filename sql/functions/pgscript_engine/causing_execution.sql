create or replace function pgscript_engine.causing_execution(out execution_id uuid, out depth smallint)
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  context constant text[] := pgscript_private.verified_context();
begin
  depth := 0;
  if coalesce(context[7], '') = '' then
    return;
  end if;
  -- What runs without being recorded, from a file, is the first of its chain.
  depth := 1;
  if context[7] ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    select execution.id, coalesce((execution.cause ->> 'depth')::smallint, 1)
    into causing_execution.execution_id, causing_execution.depth
    from pgscript_engine.live_executions as execution
    where execution.tenant_id = context[1]::uuid and execution.id = context[7]::uuid;
    depth := coalesce(depth, 1);
  end if;
end
$$;

comment on function pgscript_engine.causing_execution() is
  'The execution whose own SQL this transaction is, and how many events and executions came before what it causes; null and 0 where it is no script''s.';

alter function pgscript_engine.causing_execution() owner to pgscript_engine;
revoke all on function pgscript_engine.causing_execution() from public;
