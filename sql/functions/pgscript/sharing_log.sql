create or replace function pgscript.sharing_log()
  returns setof pgscript_engine.sharing_log
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform pgscript_engine.require_operator();
  return query select entry.* from pgscript_engine.sharing_log as entry order by entry.id;
end
$$;

comment on function pgscript.sharing_log() is
  'Which tables of the host were shared with scripts or taken back, when and by whom, oldest first. For operators and the role that installed pgscript.';

alter function pgscript.sharing_log() owner to pgscript_engine;
revoke all on function pgscript.sharing_log() from public;
grant execute on function pgscript.sharing_log() to pgscript_operator, pgscript_integrator;
