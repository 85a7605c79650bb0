create or replace function pgscript.set_tenant_settings(tenant_key text, settings jsonb)
  returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  this_tenant uuid := pgscript_engine.authorize(set_tenant_settings.tenant_key, 'settings.manage');
  before jsonb;
  after jsonb;
begin
  perform pgscript_engine.check_settings(set_tenant_settings.settings);
  if exists (
    select from pgscript_engine.setting_definitions as definition
    where definition.operator_only and set_tenant_settings.settings ? definition.name
  ) then
    perform pgscript_engine.require_operator();
  end if;

  select tenant.settings into before
  from pgscript.tenants as tenant where tenant.id = this_tenant for no key update;
  after := jsonb_strip_nulls(before || set_tenant_settings.settings);
  if after <> before then
    update pgscript.tenants as tenant set settings = after, updated_at = now() where tenant.id = this_tenant;
    perform pgscript_engine.audit(
      this_tenant, 'tenant.settings_changed', 'tenant', this_tenant::text, before, after
    );
  end if;
  return pgscript_engine.effective_settings(after);
end
$$;

comment on function pgscript.set_tenant_settings(text, jsonb) is
  'Sets what is given of the tenant''s settings, null back to its default, and returns all that are in force then. Nodes follow at once, or within ten seconds where they do not hear of it. Needs settings.manage; a setting that weakens a wall needs an operator. tenant_key may be null where the transaction has a tenant.';

alter function pgscript.set_tenant_settings(text, jsonb) owner to pgscript_engine;
revoke all on function pgscript.set_tenant_settings(text, jsonb) from public;
grant execute on function pgscript.set_tenant_settings(text, jsonb) to pgscript_user, pgscript_operator, pgscript_integrator;
