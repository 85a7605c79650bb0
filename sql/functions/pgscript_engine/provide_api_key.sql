create or replace function pgscript_engine.provide_api_key(tenant_key text, name text, key text, scopes text[])
  returns uuid
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform pgscript_engine.require_operator();
  return pgscript_engine.store_api_key(
    pgscript_engine.authorize(provide_api_key.tenant_key, 'members.manage'),
    provide_api_key.name, provide_api_key.key, provide_api_key.scopes, null, null, 'api_key.created'
  );
end
$$;

comment on function pgscript_engine.provide_api_key(text, text, text, text[]) is
  'Makes sure that a tenant has an API key known beforehand, such as the demo tenant''s; only for a transaction that acts for an operator.';

alter function pgscript_engine.provide_api_key(text, text, text, text[]) owner to pgscript_engine;
revoke all on function pgscript_engine.provide_api_key(text, text, text, text[]) from public;
grant execute on function pgscript_engine.provide_api_key(text, text, text, text[]) to pgscript_node;
