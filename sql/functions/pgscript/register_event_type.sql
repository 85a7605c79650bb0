create or replace function pgscript.register_event_type(
  type text, schema jsonb default null, description text default null, strict boolean default null
)
  returns pgscript.event_types
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  before pgscript.event_types;
  after pgscript.event_types;
begin
  perform pgscript_engine.require_operator();
  if not pgscript_engine.is_event_type(register_event_type.type)
    or register_event_type.type = 'pgscript' or register_event_type.type like 'pgscript.%'
  then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_event_type', column = 'type',
      message = format('type: %L is not an event type of a platform.', left(register_event_type.type, 100)),
      hint = 'Words of lower-case letters, digits and _ with dots between, such as order.created: it begins with a letter, has at most 200 characters and 20 words, and is neither pgscript nor pgscript.….';
  end if;
  if length(register_event_type.description) > 2000 then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_description', column = 'description',
      message = format('description: has %s characters; the limit is 2000.', length(register_event_type.description));
  end if;
  select known.* into before
  from pgscript.event_types as known where known.type = register_event_type.type;
  if coalesce(register_event_type.strict, before.is_strict, false) then
    perform pgscript_engine.check_event_schema(
      coalesce(register_event_type.schema, before.schema, 'null'), 'schema'
    );
  end if;
  if jsonb_typeof(register_event_type.schema) not in ('object', 'boolean') or octet_length(register_event_type.schema::text) > 65536 then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_event_schema', column = 'schema',
      message = 'schema: must be a JSON Schema, an object of at most 64 KB.';
  end if;

  insert into pgscript.event_types as known (type, schema, description, is_strict)
  values (
    register_event_type.type, coalesce(register_event_type.schema, before.schema), coalesce(register_event_type.description, ''),
    coalesce(register_event_type.strict, false)
  )
  on conflict on constraint event_types_pkey do update
  set
    schema = coalesce(excluded.schema, known.schema),
    description = coalesce(register_event_type.description, known.description),
    is_strict = coalesce(register_event_type.strict, known.is_strict),
    updated_at = now()
  returning known.* into after;
  -- Whether a type is strict is written down in what follows a table.
  if after.is_strict is distinct from coalesce(before.is_strict, false) then
    perform pgscript_engine.remake_watches(after.type);
  end if;
  return after;
end
$$;

comment on function pgscript.register_event_type(text, jsonb, text, boolean) is
  'Puts an event type of the platform into the catalogue, or changes what is not null of it, for every tenant. strict: an event of the type whose payload does not fit the schema is refused. For the installing role and operators.';

alter function pgscript.register_event_type(text, jsonb, text, boolean) owner to pgscript_engine;
revoke all on function pgscript.register_event_type(text, jsonb, text, boolean) from public;
grant execute on function pgscript.register_event_type(text, jsonb, text, boolean) to pgscript_operator, pgscript_integrator;
