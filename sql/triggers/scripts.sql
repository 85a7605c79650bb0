-- A change of content, by whatever client, is a new version; a change of status is not.
create or replace function pgscript_engine.number_version()
  returns trigger
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    new.latest_version := 1;
    return new;
  end if;
  new.updated_at := now();
  -- rollback_script asks for a version even where nothing differs; anything else gets the next
  -- number only for a change, and can neither skip nor repeat one.
  if new.latest_version is distinct from old.latest_version + 1 then
    new.latest_version := old.latest_version;
    if (
        new.name, new.description, new.type, new.language, new.source, new.limits, new.retry, new.metadata, new.tags,
        new.config, new.input_schema, new.output_schema, new.organization_id
      ) is distinct from (
        old.name, old.description, old.type, old.language, old.source, old.limits, old.retry, old.metadata, old.tags,
        old.config, old.input_schema, old.output_schema, old.organization_id
      )
    then
      new.latest_version := old.latest_version + 1;
    else
      new.change_description := old.change_description;
    end if;
  end if;
  return new;
end
$$;
comment on function pgscript_engine.number_version() is 'Gives a changed script its next version number.';
alter function pgscript_engine.number_version() owner to pgscript_engine;
revoke all on function pgscript_engine.number_version() from public;

create or replace function pgscript_engine.snapshot_version()
  returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  insert into pgscript.script_versions (
    tenant_id, script_id, version, name, description, type, language, source, limits, retry, metadata, tags,
    config, input_schema, output_schema, organization_id, change_description, created_by
  )
  values (
    new.tenant_id, new.id, new.latest_version, new.name, new.description, new.type, new.language, new.source,
    new.limits, new.retry, new.metadata, new.tags, new.config, new.input_schema, new.output_schema,
    new.organization_id, new.change_description, new.updated_by
  );
  insert into pgscript.version_checks (tenant_id, script_id, version)
  values (new.tenant_id, new.id, new.latest_version);
  perform pg_notify('pgscript_version_saved', '');
  return null;
end
$$;
comment on function pgscript_engine.snapshot_version() is
  'Writes the version of a changed script and asks a node to check it.';
alter function pgscript_engine.snapshot_version() owner to pgscript_engine;
revoke all on function pgscript_engine.snapshot_version() from public;

create or replace function pgscript_engine.refuse_script_change()
  returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if old.status = 'archived' then
    raise exception using
      errcode = 'PS409', constraint = 'script_archived',
      message = 'An archived script is final; nothing of it can change.',
      hint = 'Save the source as a new script.';
  end if;
  if old.status <> 'draft' and new.status = 'draft' then
    raise exception using
      errcode = 'PS409', constraint = 'invalid_transition', column = 'status',
      message = format('status: %s cannot become draft again.', old.status),
      hint = 'Pause or disable the script instead.';
  end if;
  if new.active_version is distinct from old.active_version and not exists (
    select from pgscript.version_checks as verdict
    where verdict.tenant_id = new.tenant_id and verdict.script_id = new.id
      and verdict.version = new.active_version and verdict.state = 'accepted'
  ) then
    raise exception using
      errcode = 'PS409', constraint = 'version_not_accepted', column = 'active_version',
      message = format('Version %s is not accepted, so it cannot become active.', coalesce(new.active_version::text, 'null'));
  end if;
  if new.active_version is distinct from old.active_version then
    perform pgscript_engine.require_approved(new.tenant_id, new.id, new.active_version);
  end if;
  return new;
end
$$;
comment on function pgscript_engine.refuse_script_change() is
  'Refuses what no client may do to a script: change an archived one, make one a draft again, or run a version that was not accepted, or not approved where the tenant asks for it.';
alter function pgscript_engine.refuse_script_change() owner to pgscript_engine;
revoke all on function pgscript_engine.refuse_script_change() from public;

create or replace function pgscript_engine.announce_script()
  returns trigger
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_notify('pgscript_script_changed', new.tenant_id || ' ' || new.id);
  return null;
end
$$;
comment on function pgscript_engine.announce_script() is 'Tells the nodes to drop what they remember of a script.';
alter function pgscript_engine.announce_script() owner to pgscript_engine;
revoke all on function pgscript_engine.announce_script() from public;

create or replace trigger a_refuse_change before update on pgscript.scripts
  for each row
  when (
    old.status = 'archived'
    or (old.status <> 'draft' and new.status = 'draft')
    or new.active_version is distinct from old.active_version
  )
  execute function pgscript_engine.refuse_script_change();

create or replace trigger b_number_version before insert or update on pgscript.scripts
  for each row execute function pgscript_engine.number_version();

create or replace trigger snapshot_first_version after insert on pgscript.scripts
  for each row execute function pgscript_engine.snapshot_version();

create or replace trigger snapshot_version after update on pgscript.scripts
  for each row when (new.latest_version is distinct from old.latest_version)
  execute function pgscript_engine.snapshot_version();

create or replace trigger z_announce after insert or update on pgscript.scripts
  for each row execute function pgscript_engine.announce_script();

create or replace function pgscript_engine.apply_script_limits()
  returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    insert into pgscript_engine.script_slots (tenant_id, script_id) values (new.tenant_id, new.id);
  end if;
  insert into pgscript_engine.script_limits as limits (tenant_id, script_id, max_running)
  values (new.tenant_id, new.id, pgscript_engine.script_concurrency(new.tenant_id, new.id))
  on conflict (tenant_id, script_id) do update set max_running = excluded.max_running
  where limits.max_running <> excluded.max_running;
  -- Where more may run than before, somebody may have been waiting for it.
  if found and tg_op = 'UPDATE' then
    perform pgscript_engine.ring_doorbell();
  end if;
  return null;
end
$$;
comment on function pgscript_engine.apply_script_limits() is 'Carries the concurrency limit of the version that runs over to the claim.';
alter function pgscript_engine.apply_script_limits() owner to pgscript_engine;
revoke all on function pgscript_engine.apply_script_limits() from public;

-- After the snapshot, whose limits it reads.
create or replace trigger y_apply_first_limits after insert on pgscript.scripts
  for each row execute function pgscript_engine.apply_script_limits();
create or replace trigger y_apply_limits after update of limits, active_version on pgscript.scripts
  for each row when (new.limits is distinct from old.limits or new.active_version is distinct from old.active_version)
  execute function pgscript_engine.apply_script_limits();

create or replace function pgscript_engine.check_trigger_config()
  returns trigger
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform pgscript_engine.check_event_config(new.config);
  return new;
end
$$;
comment on function pgscript_engine.check_trigger_config() is 'Refuses a script whose configuration does not fit its type.';
alter function pgscript_engine.check_trigger_config() owner to pgscript_engine;
revoke all on function pgscript_engine.check_trigger_config() from public;

create or replace trigger a_check_trigger_config before insert or update of type, config on pgscript.scripts
  for each row when (new.type = 'event') execute function pgscript_engine.check_trigger_config();

create or replace function pgscript_engine.apply_subscriptions()
  returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform pgscript_engine.refresh_subscriptions(new.tenant_id, new.id);
  return null;
end
$$;
comment on function pgscript_engine.apply_subscriptions() is 'Lets a script''s subscriptions follow its status and its active version.';
alter function pgscript_engine.apply_subscriptions() owner to pgscript_engine;
revoke all on function pgscript_engine.apply_subscriptions() from public;

create or replace trigger y_apply_subscriptions after update of status, active_version on pgscript.scripts
  for each row when (new.status is distinct from old.status or new.active_version is distinct from old.active_version)
  execute function pgscript_engine.apply_subscriptions();

create or replace function pgscript_engine.publish_script_events()
  returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  facts jsonb := jsonb_build_object(
    'scriptId', new.id, 'script', new.name, 'type', new.type, 'status', new.status, 'version', new.latest_version,
    'activeVersion', new.active_version
  );
begin
  if tg_op = 'INSERT' then
    perform pgscript_engine.announce_script_event(new.tenant_id, 'pgscript.script.created', facts);
  elsif new.status = 'archived' and old.status <> 'archived' then
    perform pgscript_engine.announce_script_event(new.tenant_id, 'pgscript.script.deleted', facts);
  else
    if new.latest_version <> old.latest_version then
      perform pgscript_engine.announce_script_event(new.tenant_id, 'pgscript.script.updated', facts);
    end if;
    if new.status <> old.status then
      perform pgscript_engine.announce_script_event(
        new.tenant_id, 'pgscript.script.status_changed', facts || jsonb_build_object('before', old.status)
      );
    end if;
  end if;
  return null;
end
$$;
comment on function pgscript_engine.publish_script_events() is 'Publishes the events of a script''s life cycle to those who subscribe.';
alter function pgscript_engine.publish_script_events() owner to pgscript_engine;
revoke all on function pgscript_engine.publish_script_events() from public;

create or replace trigger z_publish after insert or update on pgscript.scripts
  for each row execute function pgscript_engine.publish_script_events();
