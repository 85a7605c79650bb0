create or replace function pgscript_engine.quotas_left(
  tenant_id uuid, quotas jsonb, wanted integer, out granted integer, out quota text, out problem text, out hint text
)
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  per_hour bigint := quotas_left.quotas ->> 'executions_per_hour';
  most_bytes bigint := quotas_left.quotas ->> 'stored_bytes';
  started bigint;
  waiting bigint;
  executions_left bigint;
begin
  granted := quotas_left.wanted;
  if per_hour is not null then
    select coalesce(sum(usage.executions), 0) into started
    from pgscript_engine.tenant_usage as usage
    where usage.tenant_id = quotas_left.tenant_id and usage.hour = date_trunc('hour', now(), 'UTC');
    select count(*) into waiting
    from (
      select from pgscript_engine.live_executions as execution
      where execution.tenant_id = quotas_left.tenant_id and execution.status = 'pending'
        -- What waits for another attempt has started already.
        and execution.fence = 0
      limit greatest(per_hour - started, 0) + 1
    ) as first_ones;
    executions_left := greatest(per_hour - started - waiting, 0);
    if executions_left < quotas_left.wanted then
      granted := executions_left;
      quota := 'executions_per_hour';
      problem := case
        when granted = 0 then format(
          'The tenant''s quota of %s executions an hour is used up (%s started, %s waiting).', per_hour, started, waiting
        )
        else format(
          'The tenant''s quota of %s executions an hour leaves %s (%s started, %s waiting), and %s were asked for.',
          per_hour, granted, started, waiting, quotas_left.wanted
        )
      end;
      hint := 'A new hour begins at the full hour, UTC; an operator can raise the quota.';
    end if;
  end if;

  if most_bytes is not null and granted > 0 and pgscript_engine.stored_bytes(quotas_left.tenant_id) >= most_bytes then
    granted := 0;
    quota := 'stored_bytes';
    problem := format('The tenant''s quota of %s stored bytes is used up.', most_bytes);
    hint := 'Executions expire by the tenant''s retention; scripts can delete what they store; an operator can raise the quota.';
  end if;
end
$$;

comment on function pgscript_engine.quotas_left(uuid, jsonb, integer) is
  'How many of so many more executions the tenant''s quotas allow and, where those are not all, the quota that is in the way, what is wrong in words, and a hint. What waits counts as well as what has started this hour; looks no further than the quota itself. What other transactions have not committed yet is not seen: publishers at the same time may exceed a quota by what they ask for together, and wait for nobody.';

alter function pgscript_engine.quotas_left(uuid, jsonb, integer) owner to pgscript_engine;
revoke all on function pgscript_engine.quotas_left(uuid, jsonb, integer) from public;
