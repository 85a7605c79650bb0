create or replace function pgscript.redrive_dead_letters(
  tenant_key text, ids uuid[] default null, filter jsonb default null, input jsonb default null,
  per_minute integer default null, dry_run boolean default false
)
  returns table (execution_id uuid, redriven_as uuid, run_at timestamptz, problem text)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  this_tenant uuid := pgscript_engine.authorize(redrive_dead_letters.tenant_key, 'dead_letters.manage');
  context text[] := pgscript_private.verified_context();
  tenant pgscript.tenants;
  meant uuid[];
  letter record;
  room record;
  nth integer := 0;
  at timestamptz;
  again uuid;
  first_ones uuid[];
begin
  if redrive_dead_letters.input is not null and coalesce(cardinality(redrive_dead_letters.ids), 0) <> 1 then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_input', column = 'input',
      message = 'input: stands for the input of one dead letter; name that one in ids.';
  end if;
  if redrive_dead_letters.per_minute not between 1 and 100000 then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_rate', column = 'per_minute',
      message = 'per_minute: must be a whole number from 1 to 100000, or null for all at once.';
  end if;
  meant := array(
    select pgscript_engine.dead_letters_meant(this_tenant, redrive_dead_letters.ids, redrive_dead_letters.filter)
  );
  select found.* into tenant from pgscript.tenants as found where found.id = this_tenant;

  for letter in
    select judged.*, count(*) filter (where judged.fault is null) over () as runnable
    from (
      select
        open.execution_id, open.script_id, open.trigger_type, open.cause, script.active_version,
        coalesce(open.edited_input, open.input) as input_before, wanted.input, wanted.limits, coalesce(snapshot.retry, open.trigger_type = 'event') as retries,
        case
          when tenant.status <> 'active' then 'The tenant is suspended; its scripts do not run.'
          when octet_length(wanted.input::text) > (wanted.limits ->> 'input_bytes')::bigint
            then format('input: is %s bytes as JSON; the limit is %s.', octet_length(wanted.input::text), wanted.limits ->> 'input_bytes')
          when script.status <> 'active' then format('The script is %s, and only active scripts run.', script.status)
        end as fault
      from pgscript.dead_letters as open
      join pgscript.scripts as script on script.tenant_id = open.tenant_id and script.id = open.script_id
      left join pgscript.script_versions as snapshot
        on snapshot.tenant_id = script.tenant_id and snapshot.script_id = script.id
        and snapshot.version = script.active_version
      cross join lateral (
        select
          coalesce(redrive_dead_letters.input, open.edited_input, open.input) as input,
          pgscript_engine.effective_limits(tenant.limits, coalesce(snapshot.limits, '{}')) as limits
      ) as wanted
      where open.tenant_id = this_tenant and open.execution_id = any (meant)
    ) as judged
    order by judged.execution_id
  loop
    execution_id := letter.execution_id;
    redriven_as := null;
    run_at := null;
    problem := letter.fault;
    if problem is null and tenant.quotas <> '{}' then
      -- Asked once, for all that would run: what is redriven here counts by its place.
      if room is null then
        select * into room from pgscript_engine.quotas_left(this_tenant, tenant.quotas, letter.runnable::integer);
      end if;
      if nth >= room.granted then
        problem := room.problem;
      end if;
    end if;
    if problem is null then
      at := clock_timestamp() + coalesce(nth * interval '1 minute' / redrive_dead_letters.per_minute, '0');
      nth := nth + 1;
      run_at := at;
    end if;
    if problem is null and not coalesce(redrive_dead_letters.dry_run, false) then
      -- On the version that is active now, which is the one that was put right.
      select queued.id into again
      from pgscript_engine.enqueue_executions(array[row(
        this_tenant, letter.script_id, letter.active_version, letter.trigger_type,
        letter.input, null, at,
        case when letter.retries
          then 1 + (letter.limits ->> 'retries')::smallint
          else 1
        end,
        nullif(context[2], '')::uuid, nullif(context[3], '')::uuid, null, null,
        letter.cause || jsonb_build_object('redrive_of', letter.execution_id)
      )::pgscript_engine.execution_request]) as queued;
      redriven_as := again;
      -- No more than a hundred are named: an audit entry is kept for good.
      if nth <= 100 then
        first_ones := first_ones || letter.execution_id;
      end if;
      if redrive_dead_letters.input is not null then
        perform pgscript_engine.audit(
          this_tenant, 'dead_letter.edited', 'execution', letter.execution_id::text,
          jsonb_build_object('input', pgscript_engine.shortened_json(letter.input_before)),
          jsonb_build_object('input', pgscript_engine.shortened_json(letter.input))
        );
      end if;
      update pgscript.dead_letters as open
      set
        status = 'redriven', redriven_as = again, resolved_at = now(), resolved_by = pgscript.current_user_id(),
        edited_input = coalesce(redrive_dead_letters.input, open.edited_input)
      where open.tenant_id = this_tenant and open.execution_id = letter.execution_id;
    end if;
    return next;
  end loop;

  if nth > 0 and not coalesce(redrive_dead_letters.dry_run, false) then
    perform pgscript_engine.audit(
      this_tenant, 'dead_letters.redriven', 'tenant', this_tenant::text, null,
      jsonb_build_object(
        'count', nth, 'ids', first_ones, 'filter', redrive_dead_letters.filter,
        'perMinute', redrive_dead_letters.per_minute
      )
    );
  end if;
end
$$;

comment on function pgscript.redrive_dead_letters(text, uuid[], jsonb, jsonb, integer, boolean) is
  'Runs dead letters again, each as a new execution of the script''s active version that names the old one in its cause: those with these ids, those that the filter names (script, eventType, fingerprint, code, failedAfter, failedBefore), or all. input stands for the input of a single one; per_minute spreads them over time; dry_run only says what would be done. Returns each with its new execution and when that is due, or with what is in the way: where a quota has room for some only, the first ones are redriven. Needs dead_letters.manage. tenant_key may be null where the transaction has a tenant.';

alter function pgscript.redrive_dead_letters(text, uuid[], jsonb, jsonb, integer, boolean) owner to pgscript_engine;
revoke all on function pgscript.redrive_dead_letters(text, uuid[], jsonb, jsonb, integer, boolean) from public;
grant execute on function pgscript.redrive_dead_letters(text, uuid[], jsonb, jsonb, integer, boolean) to pgscript_user, pgscript_operator, pgscript_integrator;
