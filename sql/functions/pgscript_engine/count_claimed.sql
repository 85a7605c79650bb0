create or replace function pgscript_engine.count_claimed(
  tenants uuid[], starts bigint[], tenant_ids uuid[], script_ids uuid[]
)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- Retries and takeovers are not counted again.
  insert into pgscript_engine.tenant_usage as usage (tenant_id, hour, executions)
  select started.tenant_id, date_trunc('hour', now(), 'UTC'), started.executions
  from unnest(count_claimed.tenants, count_claimed.starts) as started (tenant_id, executions)
  where started.executions > 0
  order by started.tenant_id
  on conflict (tenant_id, hour) do update set executions = usage.executions + excluded.executions;

  -- Last: whoever completes something of these tenants waits for their counters until the commit.
  perform pgscript_engine.change_running(count_claimed.tenant_ids, count_claimed.script_ids, 1);
end
$$;

comment on function pgscript_engine.count_claimed(uuid[], bigint[], uuid[], uuid[]) is
  'Counts a claim: what each of the tenants has started this hour, and each execution, by its tenant and script, as running.';

alter function pgscript_engine.count_claimed(uuid[], bigint[], uuid[], uuid[]) owner to pgscript_engine;
revoke all on function pgscript_engine.count_claimed(uuid[], bigint[], uuid[], uuid[]) from public;
