create or replace function pgscript_engine.record_sharing(action text, name text, details jsonb)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  acting_role text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
begin
  -- Who may not share has nothing to write down either.
  if not has_schema_privilege(acting_role, 'pgscript_shared', 'create') then
    raise exception using
      errcode = 'PS403', constraint = 'permission_denied',
      message = format('The database role %I may not share tables.', acting_role),
      hint = 'grant usage, create on schema pgscript_shared to the role, as the role that installed pgscript.';
  end if;
  insert into pgscript_engine.sharing_log (id, action, name, details, actor_role)
  values (
    pgscript.uuid_v7(), record_sharing.action, record_sharing.name,
    coalesce(record_sharing.details, '{}'), acting_role
  );
end
$$;

comment on function pgscript_engine.record_sharing(text, text, jsonb) is
  'Writes down that a table was shared or taken back; share_table and unshare_table do the rest. Raises permission_denied unless the role may create in pgscript_shared.';

alter function pgscript_engine.record_sharing(text, text, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.record_sharing(text, text, jsonb) from public;
grant execute on function pgscript_engine.record_sharing(text, text, jsonb) to pgscript_integrator;
