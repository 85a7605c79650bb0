create or replace function pgscript_engine.bury_failures(tenant_ids uuid[], ids uuid[])
  returns void
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  insert into pgscript.dead_letters (
    tenant_id, execution_id, script_id, version, trigger_type, event_id, event_type, cause, input, error, fingerprint, attempts
  )
  select
    failed.tenant_id, failed.id, failed.script_id, failed.version, failed.trigger_type,
    (failed.cause #>> '{event,id}')::uuid, failed.cause #>> '{event,type}', failed.cause, failed.input, failed.error,
    pgscript_engine.error_fingerprint(failed.script_id, failed.error), failed.attempt
  from unnest(bury_failures.tenant_ids, bury_failures.ids) as given (tenant_id, id)
  join pgscript_engine.execution_history as failed on failed.tenant_id = given.tenant_id and failed.id = given.id
  join pgscript.script_versions as snapshot
    on snapshot.tenant_id = failed.tenant_id and snapshot.script_id = failed.script_id
    and snapshot.version = failed.version
  where failed.status in ('failed', 'timeout')
    and (failed.trigger_type = 'event' or snapshot.retry)
  on conflict do nothing;
$$;

comment on function pgscript_engine.bury_failures(uuid[], uuid[]) is
  'Makes dead letters of those of these executions, just archived, that failed for good and were an event''s or their script retries.';

alter function pgscript_engine.bury_failures(uuid[], uuid[]) owner to pgscript_engine;
revoke all on function pgscript_engine.bury_failures(uuid[], uuid[]) from public;
