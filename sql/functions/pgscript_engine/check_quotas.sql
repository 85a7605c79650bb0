create or replace function pgscript_engine.check_quotas(tenant_id uuid, quotas jsonb, more integer)
  returns void
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  per_hour bigint := check_quotas.quotas ->> 'executions_per_hour';
  most_bytes bigint := check_quotas.quotas ->> 'stored_bytes';
  started bigint;
  waiting bigint;
begin
  if per_hour is not null then
    select coalesce(sum(usage.executions), 0) into started
    from pgscript_engine.tenant_usage as usage
    where usage.tenant_id = check_quotas.tenant_id and usage.hour = date_trunc('hour', now(), 'UTC');
    select count(*) into waiting
    from (
      select from pgscript_engine.live_executions as execution
      where execution.tenant_id = check_quotas.tenant_id and execution.status = 'pending'
        -- What waits for another attempt has started already.
        and execution.fence = 0
      limit greatest(per_hour - started, 0) + 1
    ) as first_ones;
    if started + waiting + check_quotas.more > per_hour then
      raise exception using
        errcode = 'PS429', constraint = 'quota_exceeded', column = 'executions_per_hour',
        message = format('The tenant''s quota of %s executions an hour is used up (%s started, %s waiting).', per_hour, started, waiting),
        hint = 'A new hour begins at the full hour, UTC; an operator can raise the quota.';
    end if;
  end if;

  if most_bytes is not null and pgscript_engine.stored_bytes(check_quotas.tenant_id) >= most_bytes then
    raise exception using
      errcode = 'PS429', constraint = 'quota_exceeded', column = 'stored_bytes',
      message = format('The tenant''s quota of %s stored bytes is used up.', most_bytes),
      hint = 'Executions expire by the tenant''s retention; scripts can delete what they store; an operator can raise the quota.';
  end if;
end
$$;

comment on function pgscript_engine.check_quotas(uuid, jsonb, integer) is
  'Raises quota_exceeded where that many more executions would take the tenant beyond a quota. What waits counts as well as what has started this hour; looks no further than the quota itself. What other transactions have not committed yet is not seen: publishers at the same time may exceed a quota by what they ask for together, and wait for nobody.';

alter function pgscript_engine.check_quotas(uuid, jsonb, integer) owner to pgscript_engine;
revoke all on function pgscript_engine.check_quotas(uuid, jsonb, integer) from public;
