create or replace function pgscript_engine.schema_mismatch(schema jsonb, value jsonb, path text)
  returns text
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  kind text := jsonb_typeof(schema_mismatch.value);
  wanted jsonb := schema_mismatch.schema -> 'type';
  size bigint;
  mismatch text;
  part record;
begin
  if jsonb_typeof(schema_mismatch.schema) = 'boolean' then
    return case when schema_mismatch.schema = 'false' then format('%s: nothing is allowed here.', path) end;
  end if;
  if wanted is not null and not (
    case jsonb_typeof(wanted) when 'array' then wanted else jsonb_build_array(wanted) end
    ?| case
      when kind = 'number' and (schema_mismatch.value)::numeric % 1 = 0 then array['number', 'integer']
      else array[kind]
    end
  ) then
    return format('%s: must be %s, not %s.', path, translate(wanted::text, '[]"', ''), kind);
  end if;
  if schema_mismatch.schema ? 'const' and schema_mismatch.value <> schema_mismatch.schema -> 'const' then
    return format('%s: must be %s.', path, left((schema_mismatch.schema -> 'const')::text, 100));
  end if;
  -- Not @> for an object or a list, which is in one that has a larger one; for anything else it is the fast way.
  if schema_mismatch.schema ? 'enum' and not (
    kind not in ('object', 'array') and schema_mismatch.schema -> 'enum' @> schema_mismatch.value
    or kind in ('object', 'array') and exists (
      select from jsonb_array_elements(schema_mismatch.schema -> 'enum') as choice (value)
      where choice.value = schema_mismatch.value
    )
  ) then
    return format('%s: must be one of %s.', path, left((schema_mismatch.schema -> 'enum')::text, 300));
  end if;

  size := case kind
    when 'string' then length(schema_mismatch.value #>> '{}')
    when 'array' then jsonb_array_length(schema_mismatch.value)
  end;
  mismatch := case
    when kind = 'number' and (schema_mismatch.value)::numeric < (schema_mismatch.schema ->> 'minimum')::numeric
      then 'must be at least ' || (schema_mismatch.schema ->> 'minimum')
    when kind = 'number' and (schema_mismatch.value)::numeric > (schema_mismatch.schema ->> 'maximum')::numeric
      then 'must be at most ' || (schema_mismatch.schema ->> 'maximum')
    when kind = 'string' and size < (schema_mismatch.schema ->> 'minLength')::bigint
      then format('must have at least %s characters', schema_mismatch.schema ->> 'minLength')
    when kind = 'string' and size > (schema_mismatch.schema ->> 'maxLength')::bigint
      then format('must have at most %s characters', schema_mismatch.schema ->> 'maxLength')
    when kind = 'array' and size < (schema_mismatch.schema ->> 'minItems')::bigint
      then format('must have at least %s elements', schema_mismatch.schema ->> 'minItems')
    when kind = 'array' and size > (schema_mismatch.schema ->> 'maxItems')::bigint
      then format('must have at most %s elements', schema_mismatch.schema ->> 'maxItems')
  end;
  if mismatch is not null then
    return format('%s: %s.', path, mismatch);
  end if;

  if kind = 'object' then
    for part in select jsonb_array_elements_text(schema_mismatch.schema -> 'required') as name loop
      if not schema_mismatch.value ? part.name then
        return format('%s.%s: is required.', path, left(part.name, 100));
      end if;
    end loop;
    for part in select entry.key as name, entry.value as item from jsonb_each(schema_mismatch.value) as entry loop
      mismatch := case
        when schema_mismatch.schema -> 'properties' ? part.name then pgscript_engine.schema_mismatch(
          schema_mismatch.schema -> 'properties' -> part.name, part.item, path || '.' || left(part.name, 100)
        )
        when schema_mismatch.schema -> 'additionalProperties' = 'false'
          then format('%s.%s: is not a property that the schema knows.', path, left(part.name, 100))
        when schema_mismatch.schema ? 'additionalProperties' then pgscript_engine.schema_mismatch(
          schema_mismatch.schema -> 'additionalProperties', part.item, path || '.' || left(part.name, 100)
        )
      end;
      if mismatch is not null then
        return mismatch;
      end if;
    end loop;
  elsif kind = 'array' and schema_mismatch.schema ? 'items' then
    for part in select item, place - 1 as place
      from jsonb_array_elements(schema_mismatch.value) with ordinality as element (item, place)
    loop
      mismatch := pgscript_engine.schema_mismatch(
        schema_mismatch.schema -> 'items', part.item, format('%s[%s]', path, part.place)
      );
      if mismatch is not null then
        return mismatch;
      end if;
    end loop;
  end if;
  return null;
end
$$;

comment on function pgscript_engine.schema_mismatch(jsonb, jsonb, text) is
  'The first place where a value does not fit a JSON Schema of the kind that check_event_schema lets through, with what was expected; null where it fits.';

alter function pgscript_engine.schema_mismatch(jsonb, jsonb, text) owner to pgscript_engine;
revoke all on function pgscript_engine.schema_mismatch(jsonb, jsonb, text) from public;
