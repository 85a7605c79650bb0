create or replace function pgscript_engine.check_quotas(tenant_id uuid, quotas jsonb, more integer)
  returns void
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  room record;
begin
  select * into room from pgscript_engine.quotas_left(check_quotas.tenant_id, check_quotas.quotas, check_quotas.more);
  if room.granted < check_quotas.more then
    raise exception using
      errcode = 'PS429', constraint = 'quota_exceeded', column = room.quota,
      message = room.problem, hint = room.hint;
  end if;
end
$$;

comment on function pgscript_engine.check_quotas(uuid, jsonb, integer) is
  'Raises quota_exceeded where that many more executions would take the tenant beyond a quota; see quotas_left.';

alter function pgscript_engine.check_quotas(uuid, jsonb, integer) owner to pgscript_engine;
revoke all on function pgscript_engine.check_quotas(uuid, jsonb, integer) from public;
