create or replace function pgscript.save_script(
  tenant_key text, name text, source text default null, type text default null, description text default null,
  language text default null, limits jsonb default null, metadata jsonb default null, tags text[] default null,
  change_description text default null, base_version integer default null, retry boolean default null,
  config jsonb default null, input_schema jsonb default null, output_schema jsonb default null,
  organization_id text default null
)
  returns pgscript.scripts
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  this_tenant uuid;
  known uuid;
  before pgscript.scripts;
  after pgscript.scripts;
begin
  -- Which permission it takes depends on whether the script is there; nothing is locked before it is held.
  select script.id into known
  from pgscript.scripts as script
  join pgscript.tenants as tenant on tenant.id = script.tenant_id
  where case when save_script.tenant_key is null
      then tenant.id = pgscript.current_tenant_id() else tenant.key = save_script.tenant_key end
    and script.name = save_script.name and script.status <> 'archived';
  this_tenant := pgscript_engine.authorize(
    save_script.tenant_key, case when known is null then 'scripts.create' else 'scripts.update' end
  );
  select script.* into before
  from pgscript.scripts as script
  where script.tenant_id = this_tenant and script.id = known and script.name = save_script.name
    and script.status <> 'archived'
  for update;
  -- As it will be stored: line ends of two characters count as one.
  perform pgscript_engine.check_script_fields(
    this_tenant, save_script.name, pgscript_engine.normalize_source(save_script.source), save_script.type,
    save_script.description, save_script.language, save_script.limits, save_script.metadata, save_script.tags,
    before.id is null
  );
  perform pgscript_engine.check_script_configuration(
    save_script.config, save_script.input_schema, save_script.output_schema
  );
  perform pgscript_engine.check_text('organization_id', nullif(save_script.organization_id, ''), 200);

  if known is null and save_script.base_version is null then
    insert into pgscript.scripts (
      tenant_id, id, name, description, type, language, source, limits, retry, metadata, tags,
      config, input_schema, output_schema, organization_id, change_description, created_by, updated_by
    )
    values (
      this_tenant, pgscript.uuid_v7(), save_script.name, coalesce(save_script.description, ''),
      coalesce(save_script.type, 'one_off'), coalesce(save_script.language, 'javascript'),
      pgscript_engine.normalize_source(save_script.source), coalesce(save_script.limits, '{}'), save_script.retry,
      coalesce(save_script.metadata, '{}'), coalesce(save_script.tags, '{}'),
      coalesce(save_script.config, '{}'), nullif(save_script.input_schema, 'null'),
      nullif(save_script.output_schema, 'null'), nullif(save_script.organization_id, ''),
      save_script.change_description,
      pgscript.current_user_id(), pgscript.current_user_id()
    )
    on conflict do nothing
    returning scripts.* into after;
    if not found then
      raise exception using
        errcode = 'PS409', constraint = 'version_conflict', column = 'name',
        message = format('name: somebody else has just created the script %L.', save_script.name),
        hint = 'Load it, and save your change on top of it.';
    end if;
  elsif before.id is null or save_script.base_version <> before.latest_version then
    raise exception using
      errcode = 'PS409', constraint = 'version_conflict', column = 'base_version',
      message = case
        when before.id is null then format('base_version: the tenant has no script %L now.', save_script.name)
        else format(
          'base_version: the script is at version %s, not %s.', before.latest_version, save_script.base_version
        )
      end,
      -- Both texts: the caller has the one, this is the other.
      detail = jsonb_build_object('version', before.latest_version, 'source', before.source)::text,
      hint = 'Load the latest version, put your change on top of it, and save again.';
  else
    update pgscript.scripts as script
    set
      source = coalesce(pgscript_engine.normalize_source(save_script.source), script.source),
      type = coalesce(save_script.type, script.type),
      description = coalesce(save_script.description, script.description),
      language = coalesce(save_script.language, script.language),
      limits = coalesce(save_script.limits, script.limits),
      retry = coalesce(save_script.retry, script.retry),
      metadata = coalesce(save_script.metadata, script.metadata),
      tags = coalesce(save_script.tags, script.tags),
      config = coalesce(save_script.config, script.config),
      -- SQL's null leaves a schema as it is; JSON's takes it away.
      input_schema = nullif(coalesce(save_script.input_schema, script.input_schema), 'null'),
      output_schema = nullif(coalesce(save_script.output_schema, script.output_schema), 'null'),
      -- An empty text takes it away.
      organization_id = nullif(coalesce(save_script.organization_id, script.organization_id), ''),
      change_description = save_script.change_description,
      updated_by = pgscript.current_user_id()
    where script.tenant_id = before.tenant_id and script.id = before.id
    returning script.* into after;
  end if;

  if after.latest_version is distinct from before.latest_version then
    perform pgscript_engine.audit(
      this_tenant, case when before.id is null then 'script.created' else 'script.saved' end, 'script', after.id::text,
      case when before.id is not null then jsonb_build_object('version', before.latest_version) end,
      jsonb_build_object('name', after.name, 'version', after.latest_version, 'change', after.change_description)
    );
  end if;
  return after;
end
$$;

comment on function pgscript.save_script(text, text, text, text, text, text, jsonb, jsonb, text[], text, integer, boolean, jsonb, jsonb, jsonb, text) is
  'Creates the tenant''s script of that name, or changes what is not null of it, and returns its row; every change becomes a version, none becomes active by it. With base_version, a save that is not based on the latest version is refused (version_conflict, 409). A node judges the new version within 2 s. A schema of JSON null takes the script''s schema away, an empty organization_id its organization. tenant_key may be null where the transaction has a tenant.';

alter function pgscript.save_script(text, text, text, text, text, text, jsonb, jsonb, text[], text, integer, boolean, jsonb, jsonb, jsonb, text) owner to pgscript_engine;
revoke all on function pgscript.save_script(text, text, text, text, text, text, jsonb, jsonb, text[], text, integer, boolean, jsonb, jsonb, jsonb, text) from public;
grant execute on function pgscript.save_script(text, text, text, text, text, text, jsonb, jsonb, text[], text, integer, boolean, jsonb, jsonb, jsonb, text) to pgscript_user, pgscript_operator, pgscript_integrator;
