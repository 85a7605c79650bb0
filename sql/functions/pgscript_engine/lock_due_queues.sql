create or replace function pgscript_engine.lock_due_queues(
  limit_to integer, passed_over uuid[], without_room uuid[] default '{}'
)
  returns table (tenant_id uuid, weight real, clock double precision, clock_ceiling double precision)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  due uuid[];
  clock_floor double precision;
  clock_ceiling double precision;
  chosen uuid;
  usual_timeout text := current_setting('lock_timeout');
begin
  -- Nobody lies further behind the tenant that is furthest than one claim can carry a tenant: idleness,
  -- or a limit that kept a tenant from running, saves nothing up.
  select
    array_agg(queue.tenant_id), max(queue.virtual_time),
    max(queue.virtual_time) - lock_due_queues.limit_to * max(1 / limits.weight)
  into due, clock_ceiling, clock_floor
  from pgscript_engine.due_tenants() as waiting (tenant_id)
  join pgscript.tenants as tenant on tenant.id = waiting.tenant_id
  join pgscript_engine.tenant_queues as queue on queue.tenant_id = waiting.tenant_id
  join pgscript_engine.tenant_slots as slots on slots.tenant_id = waiting.tenant_id
  join pgscript_engine.tenant_limits as limits on limits.tenant_id = waiting.tenant_id
  where tenant.status = 'active'
    and slots.running < limits.max_running
    and queue.tenant_id <> all (lock_due_queues.passed_over)
    and queue.tenant_id <> all (lock_due_queues.without_room);
  if due is null then
    return;
  end if;
  return query
  with locked as materialized (
    select queue.tenant_id, queue.virtual_time
    from pgscript_engine.tenant_queues as queue
    where queue.tenant_id = any (due)
    order by greatest(queue.virtual_time, clock_floor)
    limit lock_due_queues.limit_to
    for update skip locked
  )
  select locked.tenant_id, limits.weight, greatest(locked.virtual_time, clock_floor), clock_ceiling
  from locked
  join pgscript_engine.tenant_limits as limits on limits.tenant_id = locked.tenant_id;
  -- Who holds queues already waits for nobody: another node could wait for those.
  if found or cardinality(lock_due_queues.passed_over) > 0 then
    return;
  end if;

  -- Each is being served by another node, which is done within a commit's time. Drawn here, not in
  -- the condition: there, random() is called anew for each row, and often none of them matches.
  chosen := due[1 + floor(random() * cardinality(due))::integer];
  begin
    -- Or by a node that hangs: others' work must not wait for that.
    perform set_config('lock_timeout', '1s', true);
    return query
    select queue.tenant_id, limits.weight, greatest(queue.virtual_time, clock_floor), clock_ceiling
    from pgscript_engine.tenant_queues as queue
    join pgscript_engine.tenant_limits as limits on limits.tenant_id = queue.tenant_id
    where queue.tenant_id = chosen
    for update of queue;
    perform set_config('lock_timeout', usual_timeout, true);
  exception when lock_not_available then
    null;
  end;
end
$$;

comment on function pgscript_engine.lock_due_queues(integer, uuid[], uuid[]) is
  'Locks the queue rows of up to limit_to tenants that have due work and may run more, but for those passed over, whose queues the caller may hold, and those without room on its node: the lowest virtual time first. clock is theirs, and clock_ceiling that of the tenant which is furthest. Rows that another node holds are skipped; only where that leaves none, and the caller holds none yet, it waits for one, a second at most.';

alter function pgscript_engine.lock_due_queues(integer, uuid[], uuid[]) owner to pgscript_engine;
revoke all on function pgscript_engine.lock_due_queues(integer, uuid[], uuid[]) from public;
