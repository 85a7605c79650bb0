create or replace function pgscript_engine.requeue_lost(thorough boolean default false)
  returns integer
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  lost_tenants uuid[];
  lost_ids uuid[];
  lost_scripts uuid[];
  expired_tenants uuid[];
  expired_scripts uuid[];
  requeued integer := 0;
begin
  -- Only of nodes that have stopped renewing: a look at the leases of those that live would read
  -- past every lease that has ended since the last vacuum.
  select array_agg(lost.tenant_id), array_agg(lost.id), array_agg(lost.script_id)
  into lost_tenants, lost_ids, lost_scripts
  from (
    select execution.tenant_id, execution.id, execution.script_id
    from pgscript_engine.live_executions as execution
    where execution.status = 'running'
      and execution.lease_expires_at < clock_timestamp()
      and (
        requeue_lost.thorough
        or execution.claimed_by in (select node.id from pgscript_engine.nodes as node where node.alive_until < clock_timestamp())
      )
    order by execution.tenant_id, execution.id
    limit 10000
    for update skip locked
  ) as lost;
  select array_agg(expired.tenant_id), array_agg(expired.script_id)
  into expired_tenants, expired_scripts
  from pgscript_engine.expire_slots() as expired;

  if lost_ids is not null then
    requeued := pgscript_engine.requeue_or_fail(lost_tenants, lost_ids, true);
  end if;
  with forgotten as materialized (
    select node.id
    from pgscript_engine.nodes as node
    where node.seen_at < now() - interval '1 hour'
    for update skip locked
  )
  delete from pgscript_engine.nodes as node
  where node.id in (select forgotten.id from forgotten);
  perform pgscript_engine.take_off_running(lost_tenants || expired_tenants, lost_scripts || expired_scripts);
  if expired_tenants is not null then
    perform pgscript_engine.ring_doorbell();
  end if;
  return requeued;
end
$$;

comment on function pgscript_engine.requeue_lost(boolean) is
  'Takes executions whose lease has ended, by the database''s clock, away from nodes that have stopped renewing (thorough: from any), takes back their reserved slots, and forgets nodes that were not seen for an hour. Any node may call it at any time. Returns how many went back to the queue.';

alter function pgscript_engine.requeue_lost(boolean) owner to pgscript_engine;
revoke all on function pgscript_engine.requeue_lost(boolean) from public;
grant execute on function pgscript_engine.requeue_lost(boolean) to pgscript_node;
