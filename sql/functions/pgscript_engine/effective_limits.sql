create or replace function pgscript_engine.effective_limits(tenant_limits jsonb, script_limits jsonb)
  returns jsonb
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  -- The tenant's bound may have been lowered after the script was saved: least() holds it then too.
  select jsonb_object_agg(
    definition.name,
    least(
      coalesce(
        (effective_limits.script_limits ->> definition.name)::bigint,
        (effective_limits.tenant_limits ->> definition.name)::bigint,
        definition.default_value
      ),
      coalesce((effective_limits.tenant_limits ->> definition.name)::bigint, definition.maximum)
    )
  )
  from pgscript_engine.limit_definitions as definition;
$$;

comment on function pgscript_engine.effective_limits(jsonb, jsonb) is
  'The limits a run has: the script''s own within the tenant''s, the tenant''s, or the system default; by name, all of them.';

alter function pgscript_engine.effective_limits(jsonb, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.effective_limits(jsonb, jsonb) from public;
