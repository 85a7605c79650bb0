create or replace function pgscript_engine.effective_settings(settings jsonb)
  returns jsonb
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    jsonb_object_agg(
      definition.name, coalesce(effective_settings.settings -> definition.name, definition.default_value)
    ),
    '{}'
  )
  from pgscript_engine.setting_definitions as definition;
$$;

comment on function pgscript_engine.effective_settings(jsonb) is
  'Every setting by name: what the tenant has set, or its default.';

alter function pgscript_engine.effective_settings(jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.effective_settings(jsonb) from public;
