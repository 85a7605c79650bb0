create or replace function pgscript_engine.check_tenant_fields(
  quotas jsonb, retention_days integer, weight real
)
  returns void
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
declare
  fault text[];
  quota record;
begin
  fault := case
    when retention_days not in (7, 30, 90, 365)
      then array['retention_days', 'must be 7, 30, 90 or 365']
    when not (weight > 0 and weight <= 1000)
      then array['weight', 'must be more than 0 and at most 1000']
    when jsonb_typeof(quotas) <> 'object'
      then array['quotas', 'must be an object such as {"executions_per_hour": 10000}']
  end;
  if fault is null and quotas is not null then
    select entry.key, entry.value into quota
    from jsonb_each(quotas) as entry
    where entry.key not in ('executions_per_hour', 'stored_bytes', 'events_per_minute')
      or jsonb_typeof(entry.value) <> 'number'
      or case when jsonb_typeof(entry.value) = 'number'
        then (entry.value)::numeric % 1 <> 0 or (entry.value)::numeric not between 0 and 1e15 end
    limit 1;
    if found then
      fault := array[
        'quotas.' || left(quota.key, 60),
        'quotas are executions_per_hour, stored_bytes and events_per_minute, each a whole number from 0'
      ];
    end if;
  end if;
  if fault is not null then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_tenant', column = fault[1], message = fault[1] || ': ' || fault[2] || '.';
  end if;
end
$$;

comment on function pgscript_engine.check_tenant_fields(jsonb, integer, real) is
  'Raises unless what was given of a tenant fits; names the field, the reason and the remedy, where a table constraint would name only itself.';

alter function pgscript_engine.check_tenant_fields(jsonb, integer, real) owner to pgscript_engine;
revoke all on function pgscript_engine.check_tenant_fields(jsonb, integer, real) from public;
