-- The state machine of a living execution, checked in the WHEN clause so that a legal change
-- costs no function call: pending <-> running, and each claim makes the fence grow.
create or replace function pgscript_engine.refuse_transition()
  returns trigger
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'PS409', constraint = 'invalid_transition', column = 'status',
    message = format(
      'Execution %s cannot go from %s (fence %s) to %s (fence %s).', old.id, old.status, old.fence, new.status, new.fence
    );
end
$$;
comment on function pgscript_engine.refuse_transition() is 'Refuses a change of state that the protocol does not know.';
alter function pgscript_engine.refuse_transition() owner to pgscript_engine;
revoke all on function pgscript_engine.refuse_transition() from public;

create or replace trigger refuse_transition before update on pgscript_engine.live_executions
  for each row
  when (
    (old.status = 'pending' and new.status = 'running' and new.fence <> old.fence + 1)
    or ((old.status = new.status or new.status = 'pending') and new.fence <> old.fence)
    or (old.status = 'running' and new.status = 'running' and new.claimed_by <> old.claimed_by)
    or (new.tenant_id, new.id, new.script_id, new.version) <> (old.tenant_id, old.id, old.script_id, old.version)
  )
  execute function pgscript_engine.refuse_transition();
