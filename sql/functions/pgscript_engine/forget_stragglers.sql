create or replace function pgscript_engine.forget_stragglers()
  returns integer
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  expired_tenants uuid[];
  expired_ids uuid[];
begin
  -- No more than a statement can do in a moment; the rest is for the next time.
  with expired as (
    delete from pgscript_engine.execution_history_other as execution
    where execution.ctid = any (array(
      select straggler.ctid
      from pgscript_engine.execution_history_other as straggler
      where straggler.finished_at < now() - make_interval(days => straggler.retention_class)
      limit 20000
    ))
    returning execution.tenant_id, execution.id
  )
  select array_agg(expired.tenant_id), array_agg(expired.id) into expired_tenants, expired_ids from expired;

  delete from pgscript_engine.execution_log_batches_other as log
  using unnest(expired_tenants, expired_ids) as expired (tenant_id, id)
  where log.tenant_id = expired.tenant_id and log.execution_id = expired.id;
  delete from pgscript_engine.execution_attempts_other as attempt
  using unnest(expired_tenants, expired_ids) as expired (tenant_id, id)
  where attempt.tenant_id = expired.tenant_id and attempt.execution_id = expired.id;

  -- What they took up was counted in weeks whose partitions are gone.
  delete from pgscript_engine.tenant_storage as storage
  where storage.week < (now() at time zone 'UTC')::date - storage.retention_class - 14
    and not exists (
      select from pgscript_engine.execution_history_other as straggler
      where straggler.tenant_id = storage.tenant_id
        and straggler.retention_class = storage.retention_class
        and date_trunc('week', straggler.created_at, 'UTC')::date = storage.week
    );
  return coalesce(cardinality(expired_ids), 0);
end
$$;

comment on function pgscript_engine.forget_stragglers() is
  'Deletes, with their logs and attempts, executions that finished after the partition of their week was gone, as happens to those put off for months, once their retention has passed since they finished; returns how many.';

alter function pgscript_engine.forget_stragglers() owner to pgscript_engine;
revoke all on function pgscript_engine.forget_stragglers() from public;
grant execute on function pgscript_engine.forget_stragglers() to pgscript_node;
