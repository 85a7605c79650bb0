create or replace function pgscript_engine.enter(
  tenant_id uuid, user_id uuid, permissions text[], capability text,
  operator boolean default false, api_key_id uuid default null, remote_address text default null
)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  payload text;
begin
  perform pgscript_engine.require_node(enter.capability);
  if array_to_string(enter.permissions, ',') ~ '\|' or enter.remote_address ~ '\|' then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_context', message = 'A context field must not contain "|".';
  end if;

  payload := concat_ws(
    '|',
    coalesce(enter.tenant_id::text, ''), coalesce(enter.user_id::text, ''), coalesce(enter.api_key_id::text, ''),
    case when enter.operator then 'operator' else '' end,
    coalesce(array_to_string(enter.permissions, ','), ''),
    coalesce(enter.remote_address, '')
  );
  perform set_config('pgscript.context', pgscript_private.context_mac(payload) || '.' || payload, true);
end
$$;

comment on function pgscript_engine.enter(uuid, uuid, text[], text, boolean, uuid, text) is
  'Confines the rest of this transaction to a tenant and a user. The capability is the secret of a '
  'registered node, sent as a bind parameter only; what it sets is worth nothing in any other '
  'transaction, backend or later moment.';

alter function pgscript_engine.enter(uuid, uuid, text[], text, boolean, uuid, text) owner to pgscript_engine;
revoke all on function pgscript_engine.enter(uuid, uuid, text[], text, boolean, uuid, text) from public;
grant execute on function pgscript_engine.enter(uuid, uuid, text[], text, boolean, uuid, text) to pgscript_node;
