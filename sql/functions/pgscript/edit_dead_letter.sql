create or replace function pgscript.edit_dead_letter(tenant_key text, id uuid, input jsonb)
  returns pgscript.dead_letters
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  this_tenant uuid := pgscript_engine.authorize(edit_dead_letter.tenant_key, 'dead_letters.manage');
  before pgscript.dead_letters;
  after pgscript.dead_letters;
  input_size bigint := octet_length(edit_dead_letter.input::text);
  most_bytes bigint;
begin
  select pgscript_engine.effective_limits(tenant.limits, coalesce(snapshot.limits, '{}')) ->> 'input_bytes'
  into most_bytes
  from pgscript.dead_letters as letter
  join pgscript.tenants as tenant on tenant.id = letter.tenant_id
  join pgscript.scripts as script on script.tenant_id = letter.tenant_id and script.id = letter.script_id
  left join pgscript.script_versions as snapshot
    on snapshot.tenant_id = script.tenant_id and snapshot.script_id = script.id
    and snapshot.version = script.active_version
  where letter.tenant_id = this_tenant and letter.execution_id = edit_dead_letter.id;
  if input_size > most_bytes then
    raise exception using
      errcode = 'PS422', constraint = 'input_too_large', column = 'input',
      message = format('input: is %s bytes as JSON; the limit is %s.', input_size, most_bytes);
  end if;
  -- Locked, so that what is recorded as before is what the edit replaces.
  select letter.* into before
  from pgscript.dead_letters as letter
  where letter.tenant_id = this_tenant and letter.execution_id = edit_dead_letter.id and letter.status = 'open'
  for update;
  if not found then
    raise exception using
      errcode = 'PS404', constraint = 'dead_letter_not_found', column = 'id',
      message = format('id: the tenant has no open dead letter %s.', edit_dead_letter.id);
  end if;
  update pgscript.dead_letters as letter
  set edited_input = edit_dead_letter.input
  where letter.tenant_id = this_tenant and letter.execution_id = edit_dead_letter.id
  returning letter.* into after;
  perform pgscript_engine.audit(
    this_tenant, 'dead_letter.edited', 'execution', edit_dead_letter.id::text,
    jsonb_build_object('input', pgscript_engine.shortened_json(coalesce(before.edited_input, before.input))),
    jsonb_build_object('input', pgscript_engine.shortened_json(coalesce(after.edited_input, after.input)))
  );
  return after;
end
$$;

comment on function pgscript.edit_dead_letter(text, uuid, jsonb) is
  'Sets the input with which an open dead letter is redriven; null: the one it had. Needs dead_letters.manage. tenant_key may be null where the transaction has a tenant.';

alter function pgscript.edit_dead_letter(text, uuid, jsonb) owner to pgscript_engine;
revoke all on function pgscript.edit_dead_letter(text, uuid, jsonb) from public;
grant execute on function pgscript.edit_dead_letter(text, uuid, jsonb) to pgscript_user, pgscript_operator, pgscript_integrator;
