create or replace function pgscript.has_permission(permission text)
  returns boolean
  language sql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    has_permission.permission = any (string_to_array((pgscript_private.verified_context())[5], ',')), false
  );
$$;

comment on function pgscript.has_permission(text) is
  'Whether this transaction may do what the permission allows; false when there is no context.';

alter function pgscript.has_permission(text) owner to pgscript_engine;
revoke all on function pgscript.has_permission(text) from public;
grant execute on function pgscript.has_permission(text) to pgscript_node, pgscript_script, pgscript_user, pgscript_operator;
