create or replace function pgscript_engine.check_rates(field text, rates jsonb)
  returns void
  language plpgsql immutable
  set search_path = pg_catalog, pg_temp
as $$
declare
  wrong text;
begin
  if rates is null then
    return;
  end if;
  if jsonb_typeof(rates) = 'object' then
    select entry.key into wrong
    from jsonb_each(rates) as entry
    where entry.key not in (
        'cache', 'collections', 'db', 'events', 'http', 'scripts', 'secrets', 'services', 'storage', 'variables'
      )
      or jsonb_typeof(entry.value) <> 'number'
      or case when jsonb_typeof(entry.value) = 'number'
        then (entry.value)::numeric % 1 <> 0 or (entry.value)::numeric not between 0 and 1000000 end
    limit 1;
    if not found then
      return;
    end if;
  end if;
  raise exception using
    errcode = 'PS422', constraint = 'invalid_rates', column = field || coalesce('.' || left(wrong, 60), ''),
    message = format(
      '%s: must be an object of calls per minute by kind, each a whole number from 0 to 1000000.', field
    ),
    hint = 'Such as {"http": 600, "db": 1200}. Kinds: cache, collections, db, events, http, scripts, secrets, services, storage, variables.';
end
$$;

comment on function pgscript_engine.check_rates(text, jsonb) is
  'Raises invalid_rates unless null or limits of API calls per minute, by kind.';

alter function pgscript_engine.check_rates(text, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.check_rates(text, jsonb) from public;
