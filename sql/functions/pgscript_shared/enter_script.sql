create or replace function pgscript_shared.enter_script(tenant_id uuid, execution_id text, capability text)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  payload text := concat_ws(
    '|', coalesce(enter_script.tenant_id::text, ''), '', '', '', '', '',
    replace(left(coalesce(enter_script.execution_id, ''), 40), '|', '')
  );
begin
  perform pgscript_engine.require_node(enter_script.capability);
  perform set_config('pgscript.context', pgscript_private.context_mac(payload) || '.' || payload, true);
  -- Whoever looks into pg_stat_activity finds the execution.
  perform set_config(
    'application_name', 'pgscript script ' || left(coalesce(enter_script.execution_id, ''), 40), true
  );
end
$$;

comment on function pgscript_shared.enter_script(uuid, text, text) is
  'Confines the rest of a script''s transaction to its tenant, with no user and no permission. What scripts'' own SQL may name is in this schema, so this is too: it is worth nothing without the capability of a registered node, which is sent as a bind parameter only.';

alter function pgscript_shared.enter_script(uuid, text, text) owner to pgscript_engine;
revoke all on function pgscript_shared.enter_script(uuid, text, text) from public;
grant execute on function pgscript_shared.enter_script(uuid, text, text) to pgscript_script;
