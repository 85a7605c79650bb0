create or replace function pgscript_engine.check_event_schema(schema jsonb, path text, depth integer default 0)
  returns void
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  part record;
  fits boolean;
begin
  if jsonb_typeof(check_event_schema.schema) = 'boolean' then
    return;
  end if;
  if jsonb_typeof(check_event_schema.schema) <> 'object' or check_event_schema.depth > 20 then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_event_schema', column = 'schema',
      message = format('%s: must be a JSON Schema, an object, nested 20 levels at most.', path);
  end if;
  for part in select entry.key as word, entry.value as item from jsonb_each(check_event_schema.schema) as entry loop
    fits := case
      when part.word in ('title', 'description', '$schema', '$id', '$comment', 'default', 'examples', 'format', 'deprecated', 'const')
        then true
      when part.word = 'type' then part.item <> '[]'
        and case jsonb_typeof(part.item) when 'array' then part.item else jsonb_build_array(part.item) end
          <@ '["object", "array", "string", "number", "integer", "boolean", "null"]'
      when part.word = 'enum' then jsonb_typeof(part.item) = 'array'
      when part.word in ('minimum', 'maximum') then jsonb_typeof(part.item) = 'number'
      when part.word in ('minLength', 'maxLength', 'minItems', 'maxItems')
        then jsonb_typeof(part.item) = 'number' and part.item::text ~ '^\d{1,9}$'
      when part.word = 'required'
        then jsonb_typeof(part.item) = 'array' and not jsonb_path_exists(part.item, '$[*] ? (@.type() != "string")')
      when part.word = 'properties' then jsonb_typeof(part.item) = 'object'
      when part.word in ('items', 'additionalProperties') then jsonb_typeof(part.item) in ('object', 'boolean')
      else null
    end;
    if fits is not true then
      raise exception using
        errcode = 'PS422', constraint = 'invalid_event_schema', column = 'schema',
        message = format('%s.%s: %s.', path, left(part.word, 100), case
          when fits is null then 'is not a word that is checked on publish'
          else 'does not have the form that JSON Schema gives it'
        end),
        hint = 'Checked are type, const, enum, minimum, maximum, minLength, maxLength, minItems, maxItems, required, properties, additionalProperties and items. Register the type without strict to keep another schema for editors only.';
    end if;
    if part.word in ('items', 'additionalProperties') then
      perform pgscript_engine.check_event_schema(part.item, path || '.' || part.word, check_event_schema.depth + 1);
    elsif part.word = 'properties' then
      perform pgscript_engine.check_event_schema(property.value, path || '.properties.' || left(property.key, 100), check_event_schema.depth + 1)
      from jsonb_each(part.item) as property;
    end if;
  end loop;
end
$$;

comment on function pgscript_engine.check_event_schema(jsonb, text, integer) is
  'Raises invalid_event_schema unless a JSON Schema says only what PostgreSQL can check in a publisher''s transaction: no references, patterns or combinations.';

alter function pgscript_engine.check_event_schema(jsonb, text, integer) owner to pgscript_engine;
revoke all on function pgscript_engine.check_event_schema(jsonb, text, integer) from public;
