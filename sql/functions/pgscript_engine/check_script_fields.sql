create or replace function pgscript_engine.check_script_fields(
  tenant_id uuid, name text, source text, type text, description text, language text, limits jsonb, metadata jsonb,
  tags text[], is_new boolean
)
  returns void
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  source_limit bigint;
begin
  if name is null or length(name) not between 3 and 100 or name ~ '[[:cntrl:]]' or name <> btrim(name) then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_name', column = 'name',
      message = 'name: must be 3 to 100 characters, without control characters or spaces at its ends.';
  end if;
  if is_new and source is null then
    raise exception using
      errcode = 'PS422', constraint = 'source_required', column = 'source',
      message = format('source: the tenant has no script named %L yet, and a new one needs a source.', name);
  end if;
  if type not in ('scheduled', 'http', 'event', 'one_off', 'embedded') then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_type', column = 'type',
      message = format('type: %L is not a script type.', left(type, 40)),
      hint = 'Types: scheduled, http, event, one_off, embedded.';
  end if;
  -- Nothing would ever trigger these yet; refusing is better than a schedule that never fires.
  if type in ('scheduled', 'http') then
    raise exception using
      errcode = 'PS422', constraint = 'type_not_available', column = 'type',
      message = format('type: scripts of type %s are not available in this version of pgscript.', type),
      hint = 'Save it as one_off, and run it by hand, through the API or from SQL.';
  end if;

  if length(description) > 2000 then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_description', column = 'description',
      message = format('description: has %s characters; the limit is 2000.', length(description));
  end if;
  if language not in ('javascript', 'typescript') then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_language', column = 'language',
      message = format('language: %L is not a script language.', left(language, 40)),
      hint = 'Languages: javascript, typescript.';
  end if;
  if jsonb_typeof(metadata) <> 'object' or octet_length(metadata::text) > 65536 then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_metadata', column = 'metadata',
      message = 'metadata: must be an object of at most 64 KB as JSON.';
  end if;
  if cardinality(tags) > 50 or array_position(tags, null) is not null then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_tags', column = 'tags',
      message = 'tags: must be at most 50 texts, none of them null.';
  end if;

  perform pgscript_engine.check_limits(check_script_fields.tenant_id, check_script_fields.limits);
  select (pgscript_engine.effective_limits(tenant.limits, check_script_fields.limits) ->> 'source_bytes')::bigint
  into source_limit
  from pgscript.tenants as tenant
  where tenant.id = check_script_fields.tenant_id;
  if octet_length(source) > source_limit then
    raise exception using
      errcode = 'PS422', constraint = 'source_too_large', column = 'source',
      message = format('source: is %s bytes; the limit is %s.', octet_length(source), source_limit),
      hint = 'Split the script, or raise its source_bytes limit within the tenant''s.';
  end if;
end
$$;

comment on function pgscript_engine.check_script_fields(uuid, text, text, text, text, text, jsonb, jsonb, text[], boolean) is
  'Raises unless what was given of a script fits; a new one needs a source. Names the field, the reason and the remedy, where a table constraint would name only itself.';

alter function pgscript_engine.check_script_fields(uuid, text, text, text, text, text, jsonb, jsonb, text[], boolean) owner to pgscript_engine;
revoke all on function pgscript_engine.check_script_fields(uuid, text, text, text, text, text, jsonb, jsonb, text[], boolean) from public;
