create or replace function pgscript_engine.dead_letters_meant(tenant_id uuid, ids uuid[], filter jsonb)
  returns setof uuid
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  unknown text;
  failed_after timestamptz;
  failed_before timestamptz;
begin
  select entry.key into unknown
  from jsonb_object_keys(
    case when jsonb_typeof(dead_letters_meant.filter) = 'object' then dead_letters_meant.filter else '{}' end
  ) as entry (key)
  where entry.key not in ('script', 'eventType', 'fingerprint', 'code', 'failedAfter', 'failedBefore');
  if found or jsonb_typeof(dead_letters_meant.filter) <> 'object' then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_filter', column = 'filter',
      message = format('filter: %s.', case when unknown is null then 'must be an object' else format('has no field %L', left(unknown, 60)) end),
      hint = 'Fields: script (name), eventType, fingerprint, code, failedAfter, failedBefore.';
  end if;
  select entry.key into unknown
  from jsonb_each(dead_letters_meant.filter) as entry (key, value)
  where jsonb_typeof(entry.value) <> 'string'
  order by entry.key
  limit 1;
  if found then
    -- Taken for nothing, a null would mean all of them; compared, none.
    raise exception using
      errcode = 'PS422', constraint = 'invalid_filter', column = 'filter.' || unknown,
      message = format('filter.%s: must be a text.', unknown),
      hint = 'Leave out what should not narrow the choice.';
  end if;
  begin
    failed_after := dead_letters_meant.filter ->> 'failedAfter';
    failed_before := dead_letters_meant.filter ->> 'failedBefore';
  exception when data_exception then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_filter', column = 'filter',
      message = 'filter: failedAfter and failedBefore must be times, such as 2030-01-31T12:00:00Z.';
  end;

  return query
  select letter.execution_id
  from pgscript.dead_letters as letter
  join pgscript.scripts as script on script.tenant_id = letter.tenant_id and script.id = letter.script_id
  where letter.tenant_id = dead_letters_meant.tenant_id
    and letter.status = 'open'
    and (dead_letters_meant.ids is null or letter.execution_id = any (dead_letters_meant.ids))
    and (not coalesce(dead_letters_meant.filter ? 'script', false) or script.name = dead_letters_meant.filter ->> 'script')
    and (not coalesce(dead_letters_meant.filter ? 'eventType', false) or letter.event_type = dead_letters_meant.filter ->> 'eventType')
    and (
      not coalesce(dead_letters_meant.filter ? 'fingerprint', false)
      or letter.fingerprint = dead_letters_meant.filter ->> 'fingerprint'
    )
    and (not coalesce(dead_letters_meant.filter ? 'code', false) or letter.error ->> 'code' = dead_letters_meant.filter ->> 'code')
    and letter.failed_at > coalesce(failed_after, '-infinity')
    and letter.failed_at < coalesce(failed_before, 'infinity')
  order by letter.execution_id
  for update of letter skip locked;
end
$$;

comment on function pgscript_engine.dead_letters_meant(uuid, uuid[], jsonb) is
  'The open dead letters of a tenant that these ids and this filter name, the oldest first, locked; without both, all. One that somebody else is resolving is left out.';

alter function pgscript_engine.dead_letters_meant(uuid, uuid[], jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.dead_letters_meant(uuid, uuid[], jsonb) from public;
