create or replace function pgscript_engine.check_settings(settings jsonb)
  returns void
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  wrong record;
  fits boolean;
begin
  if check_settings.settings is null or jsonb_typeof(check_settings.settings) <> 'object' then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_setting', column = 'settings',
      message = 'settings: must be an object of settings by name.';
  end if;

  for wrong in
    select entry.key, entry.value, definition.name, definition.kind, definition.choices,
      definition.item_pattern, definition.item_form
    from jsonb_each(check_settings.settings) as entry
    left join pgscript_engine.setting_definitions as definition on definition.name = entry.key
    order by entry.key
  loop
    fits := case
      when wrong.name is null then false
      -- Back to the default.
      when jsonb_typeof(wrong.value) = 'null' then true
      when wrong.kind = 'boolean' then jsonb_typeof(wrong.value) = 'boolean'
      when wrong.kind = 'choice' then wrong.choices @> jsonb_build_array(wrong.value)
      when wrong.kind = 'number' then jsonb_typeof(wrong.value) = 'number'
        and (wrong.value #>> '{}')::numeric between (wrong.choices ->> 0)::numeric and (wrong.choices ->> 1)::numeric
      when jsonb_typeof(wrong.value) <> 'array' then false
      else jsonb_array_length(wrong.value) <= 200
        and not jsonb_path_exists(wrong.value, 'strict $[*] ? (@.type() != "string" || @ == "" )')
        and not exists (
          select from jsonb_array_elements_text(wrong.value) as item where item !~* wrong.item_pattern
        )
    end;
    if not fits then
      raise exception using
        errcode = 'PS422', constraint = 'invalid_setting', column = 'settings.' || left(wrong.key, 100),
        message = format('settings.%s: %s.', left(wrong.key, 100), case
          when wrong.name is null then 'there is no such setting'
          when wrong.kind = 'boolean' then 'must be true or false'
          when wrong.kind = 'choice' then 'must be one of ' || (
            select string_agg(choice #>> '{}', ', ') from jsonb_array_elements(wrong.choices) as choice
          )
          when wrong.kind = 'number'
            then format('must be a number from %s to %s', wrong.choices ->> 0, wrong.choices ->> 1)
          else 'must be an array of at most 200 texts, each ' || coalesce(wrong.item_form, 'not empty')
        end),
        hint = case when wrong.name is null then
          (select 'Settings: ' || string_agg(name, ', ' order by name) || '.' from pgscript_engine.setting_definitions)
          else 'null sets it back to its default.'
        end;
    end if;
  end loop;
end
$$;

comment on function pgscript_engine.check_settings(jsonb) is
  'Raises unless every setting is known and its value fits; null stands for the default.';

alter function pgscript_engine.check_settings(jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.check_settings(jsonb) from public;
