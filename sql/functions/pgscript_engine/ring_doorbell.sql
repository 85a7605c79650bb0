create or replace function pgscript_engine.ring_doorbell()
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- A transaction that is to be prepared must not NOTIFY: then nodes find its work when they look by themselves.
  if exists (select from pgscript_engine.nodes as node where node.asleep)
    and coalesce(current_setting('pgscript.doorbell', true), '') <> 'off'
  then
    perform pg_notify('pgscript_work', '');
  end if;
end
$$;

comment on function pgscript_engine.ring_doorbell() is
  'Wakes the sleeping nodes when the transaction commits; costs nothing while none sleeps. A NOTIFY in every publisher''s transaction would make their commits queue behind each other.';

alter function pgscript_engine.ring_doorbell() owner to pgscript_engine;
revoke all on function pgscript_engine.ring_doorbell() from public;
