create or replace function pgscript_engine.store_secret(
  tenant_key text, name text, version integer, key_id text, nonce bytea, ciphertext bytea,
  description text default null, scripts text[] default null
)
  returns pgscript.secrets
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  this_tenant uuid := pgscript_engine.authorize(store_secret.tenant_key, 'secrets.manage');
  allowed uuid[] := pgscript_engine.resolve_scripts(this_tenant, store_secret.scripts);
  stored pgscript.secrets;
begin
  perform pgscript_engine.check_setting_name('name', store_secret.name);
  perform pgscript_engine.check_description(store_secret.description);
  if store_secret.version = 1 and (
    select count(*) from pgscript.secrets as secret where secret.tenant_id = this_tenant
  ) >= 500 then
    raise exception using
      errcode = 'PS409', constraint = 'too_many_secrets', column = 'name',
      message = 'The tenant has 500 secrets, the most there can be.', hint = 'Delete one that is not needed.';
  end if;

  insert into pgscript.secrets as secret (tenant_id, name, description, scripts, version, created_by, updated_by)
  values (
    this_tenant, store_secret.name, coalesce(store_secret.description, ''), allowed, 1,
    pgscript.current_user_id(), pgscript.current_user_id()
  )
  on conflict (tenant_id, name) do update
  set
    description = coalesce(store_secret.description, secret.description),
    scripts = case when store_secret.scripts is null then secret.scripts else allowed end,
    version = secret.version + 1, updated_at = now(), updated_by = excluded.updated_by
  returning secret.* into stored;
  -- The value is encrypted for this version and no other.
  if stored.version <> store_secret.version then
    raise exception using
      errcode = 'PS409', constraint = 'secret_changed', column = 'name',
      message = format('The secret %s was changed meanwhile.', stored.name), hint = 'Set it again.';
  end if;
  insert into pgscript_private.secret_values as value (tenant_id, name, version, key_id, nonce, ciphertext)
  values (
    this_tenant, stored.name, stored.version, store_secret.key_id, store_secret.nonce, store_secret.ciphertext
  )
  on conflict (tenant_id, name) do update
  set version = excluded.version, key_id = excluded.key_id, nonce = excluded.nonce, ciphertext = excluded.ciphertext;

  perform pgscript_engine.audit(
    this_tenant, 'secret.stored', 'secret', stored.name, null,
    jsonb_build_object('version', stored.version, 'scripts', stored.scripts)
  );
  return stored;
end
$$;

comment on function pgscript_engine.store_secret(text, text, integer, text, bytea, bytea, text, text[]) is
  'Keeps a secret''s new value, which a node has encrypted for this version. Null description and scripts leave those as they are; scripts of * alone lets every script read it. Needs secrets.manage.';

alter function pgscript_engine.store_secret(text, text, integer, text, bytea, bytea, text, text[]) owner to pgscript_engine;
revoke all on function pgscript_engine.store_secret(text, text, integer, text, bytea, bytea, text, text[]) from public;
grant execute on function pgscript_engine.store_secret(text, text, integer, text, bytea, bytea, text, text[]) to pgscript_node;
