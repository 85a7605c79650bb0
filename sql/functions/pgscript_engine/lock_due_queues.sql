create or replace function pgscript_engine.lock_due_queues(limit_to integer)
  returns table (tenant_id uuid, weight real, clock_floor double precision)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  due uuid[] := array(
    select waiting.tenant_id
    from pgscript_engine.due_tenants() as waiting (tenant_id)
    join pgscript.tenants as tenant on tenant.id = waiting.tenant_id
    where tenant.status = 'active'
  );
begin
  if cardinality(due) = 0 then
    return;
  end if;
  return query
  with locked as materialized (
    select queue.tenant_id, queue.weight, queue.virtual_time
    from pgscript_engine.tenant_queues as queue
    where queue.tenant_id = any (due)
    order by queue.virtual_time
    limit lock_due_queues.limit_to
    for update skip locked
  )
  select locked.tenant_id, locked.weight, min(locked.virtual_time) over () from locked;
  if found then
    return;
  end if;

  -- Each is being served by another node, which is done within a commit's time.
  return query
  select queue.tenant_id, queue.weight, queue.virtual_time
  from pgscript_engine.tenant_queues as queue
  where queue.tenant_id = due[1 + floor(random() * cardinality(due))::integer]
  for update;
end
$$;

comment on function pgscript_engine.lock_due_queues(integer) is
  'Locks the queue rows of up to limit_to tenants with due work, the lowest virtual time first, and returns them with the lowest virtual time among them. Rows that another node holds are passed over; only where that leaves none, it waits for one.';

alter function pgscript_engine.lock_due_queues(integer) owner to pgscript_engine;
revoke all on function pgscript_engine.lock_due_queues(integer) from public;
