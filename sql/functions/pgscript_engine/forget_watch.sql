create or replace function pgscript_engine.forget_watch(relation regclass, purpose text)
  returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  acting_role text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
  routine text;
begin
  delete from pgscript_engine.watched_tables as known
  using pg_catalog.pg_class as class
  where known.relation = forget_watch.relation and known.purpose = forget_watch.purpose
    and class.oid = known.relation and pg_has_role(acting_role, class.relowner, 'usage')
  returning known.routine into routine;
  if not found then
    return false;
  end if;
  execute format('drop function if exists pgscript_engine.%I()', routine);
  return true;
end
$$;

comment on function pgscript_engine.forget_watch(regclass, text) is
  'Forgets that a table is followed, for a role that owns it; whether it was.';

alter function pgscript_engine.forget_watch(regclass, text) owner to pgscript_engine;
revoke all on function pgscript_engine.forget_watch(regclass, text) from public;
grant execute on function pgscript_engine.forget_watch(regclass, text) to pgscript_integrator;
