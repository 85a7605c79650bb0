create or replace function pgscript_engine.reserve_api_calls(
  capability text, tenant_id uuid, script_id uuid, kind text, wanted integer
)
  returns table (is_limited boolean, granted integer, ends_in_ms double precision)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  -- The nil uuid is no script: then it is the tenant's limit.
  no_script constant uuid := '00000000-0000-0000-0000-000000000000';
  most bigint := (
    pgscript_engine.api_rates(reserve_api_calls.capability, reserve_api_calls.tenant_id, reserve_api_calls.script_id)
      -> case when reserve_api_calls.script_id = no_script then 'tenant' else 'script' end
  ) ->> reserve_api_calls.kind;
  already bigint;
  this_minute timestamptz;
  share bigint;
begin
  if most is null then
    return query select false, null::integer, null::double precision;
    return;
  end if;
  insert into pgscript_engine.api_call_windows as counted (tenant_id, script_id, kind, minute, reserved)
  values (reserve_api_calls.tenant_id, reserve_api_calls.script_id, reserve_api_calls.kind, '-infinity', 0)
  on conflict (tenant_id, script_id, kind) do nothing;
  select counted.minute, counted.reserved into this_minute, already
  from pgscript_engine.api_call_windows as counted
  where counted.tenant_id = reserve_api_calls.tenant_id
    and counted.script_id = reserve_api_calls.script_id and counted.kind = reserve_api_calls.kind
  for update;
  -- After the lock, so that who waited for it reserves in the minute that it is now.
  if this_minute < date_trunc('minute', clock_timestamp()) then
    already := 0;
    this_minute := date_trunc('minute', clock_timestamp());
  end if;
  -- A quarter of what is left at most: what one node reserves in vain is missing to the others.
  share := least(reserve_api_calls.wanted, greatest(most - already, 0), greatest((most - already) / 4, 1));
  update pgscript_engine.api_call_windows as counted
  set minute = this_minute, reserved = already + share
  where counted.tenant_id = reserve_api_calls.tenant_id
    and counted.script_id = reserve_api_calls.script_id and counted.kind = reserve_api_calls.kind;
  return query select
    true, share::integer,
    extract(epoch from this_minute + interval '1 minute' - clock_timestamp())::double precision * 1000;
end
$$;

comment on function pgscript_engine.reserve_api_calls(text, uuid, uuid, text, integer) is
  'Reserves API calls of a kind for a node, within the running minute and the limit of the script, or with the nil uuid of the tenant: never more than that over all nodes. What is not used by the minute''s end is void. Not limited: where there is no such limit.';

alter function pgscript_engine.reserve_api_calls(text, uuid, uuid, text, integer) owner to pgscript_engine;
revoke all on function pgscript_engine.reserve_api_calls(text, uuid, uuid, text, integer) from public;
grant execute on function pgscript_engine.reserve_api_calls(text, uuid, uuid, text, integer) to pgscript_node;
