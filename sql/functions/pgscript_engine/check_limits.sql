create or replace function pgscript_engine.check_limits(tenant_id uuid, limits jsonb)
  returns void
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  wrong record;
begin
  if check_limits.limits is null or check_limits.limits = '{}' then
    return;
  end if;
  if jsonb_typeof(check_limits.limits) <> 'object' then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_limit', column = 'limits',
      message = 'limits: must be an object such as {"wall_time_ms": 5000}.';
  end if;

  select
    entry.key,
    entry.value,
    definition.minimum,
    least(definition.maximum, (tenant.limits ->> entry.key)::bigint) as maximum
  into wrong
  from jsonb_each(check_limits.limits) as entry
  left join pgscript_engine.limit_definitions as definition on definition.name = entry.key
  left join pgscript.tenants as tenant on tenant.id = check_limits.tenant_id
  where definition.name is null
    or jsonb_typeof(entry.value) <> 'number'
    or case when jsonb_typeof(entry.value) = 'number' then
      (entry.value)::numeric % 1 <> 0
      or (entry.value)::numeric < definition.minimum
      or (entry.value)::numeric > least(definition.maximum, (tenant.limits ->> entry.key)::bigint)
    end
  order by entry.key
  limit 1;

  if found then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_limit', column = 'limits.' || left(wrong.key, 100),
      message = case
        when wrong.minimum is null then format('limits.%s: there is no such limit.', left(wrong.key, 100))
        else format(
          'limits.%s: must be a whole number from %s to %s, not %s.',
          wrong.key, wrong.minimum, wrong.maximum, left(wrong.value::text, 40)
        )
      end,
      hint = case when wrong.minimum is null then
        (select 'Known limits: ' || string_agg(name, ', ' order by name) || '.' from pgscript_engine.limit_definitions)
        else 'Leave the limit out for the tenant''s or the system''s default.'
      end;
  end if;
end
$$;

comment on function pgscript_engine.check_limits(uuid, jsonb) is
  'Raises unless every limit is known, a whole number, and within its range and the tenant''s own bound (where a tenant is given).';

alter function pgscript_engine.check_limits(uuid, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.check_limits(uuid, jsonb) from public;
