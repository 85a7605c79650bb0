create or replace function pgscript_engine.requeue_or_fail(tenant_ids uuid[], ids uuid[], lost boolean)
  returns integer
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  most_takeovers constant integer := 3;
  requeued integer;
begin
  with named as (
    select * from unnest(requeue_or_fail.tenant_ids, requeue_or_fail.ids) as given (tenant_id, id)
  )
  update pgscript_engine.live_executions as execution
  set
    status = 'pending', claimed_by = null, lease_expires_at = null, started_at = null,
    attempt = greatest(execution.attempt - 1, 0),
    takeovers = execution.takeovers + requeue_or_fail.lost::integer
  from named
  where execution.tenant_id = named.tenant_id
    and execution.id = named.id
    and not pgscript_engine.is_cancel_requested(execution.tenant_id, execution.id)
    and not (requeue_or_fail.lost and execution.takeovers >= most_takeovers);
  get diagnostics requeued = row_count;

  perform pgscript_engine.archive_executions(
    array_agg(execution.tenant_id), array_agg(execution.id),
    -- Somebody asked to stop it, and stopped it is.
    array_agg(case when pgscript_engine.is_cancel_requested(execution.tenant_id, execution.id) then 'cancelled' else 'failed' end),
    array_agg(null::jsonb),
    array_agg(case
      when pgscript_engine.is_cancel_requested(execution.tenant_id, execution.id) then execution.last_error
      else jsonb_build_object(
        'code', 'node_lost', 'type', 'Error', 'retryable', true,
        'message', format(
          'The node or sandbox host that ran this was lost %s times; it was not tried again.', most_takeovers + 1
        ),
        'stack', ''
      )
    end),
    array_agg('{}'::jsonb), array_agg(null::jsonb)
  )
  from unnest(requeue_or_fail.tenant_ids, requeue_or_fail.ids) as given (tenant_id, id)
  join pgscript_engine.live_executions as execution
    on execution.tenant_id = given.tenant_id and execution.id = given.id and execution.status = 'running'
  having count(*) > 0;
  if requeued < cardinality(requeue_or_fail.ids) then
    perform pgscript_engine.bury_failures(requeue_or_fail.tenant_ids, requeue_or_fail.ids);
    perform pgscript_engine.announce_executions(requeue_or_fail.tenant_ids, requeue_or_fail.ids);
  end if;

  if requeued > 0 then
    perform pgscript_engine.ring_doorbell();
  end if;
  return requeued;
end
$$;

comment on function pgscript_engine.requeue_or_fail(uuid[], uuid[], boolean) is
  'Gives executions back to the queue without using up an attempt. Where their node or sandbox host was lost, that is counted, and after three losses they fail as node_lost. The caller holds the rows'' locks, and takes them off what runs when it has done everything else.';

alter function pgscript_engine.requeue_or_fail(uuid[], uuid[], boolean) owner to pgscript_engine;
revoke all on function pgscript_engine.requeue_or_fail(uuid[], uuid[], boolean) from public;
