create or replace function pgscript.edit_dead_letter(tenant_key text, id uuid, input jsonb)
  returns pgscript.dead_letters
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  this_tenant uuid := pgscript_engine.authorize(edit_dead_letter.tenant_key, 'dead_letters.manage');
  after pgscript.dead_letters;
begin
  update pgscript.dead_letters as letter
  set edited_input = edit_dead_letter.input
  where letter.tenant_id = this_tenant and letter.execution_id = edit_dead_letter.id and letter.status = 'open'
  returning letter.* into after;
  if not found then
    raise exception using
      errcode = 'PS404', constraint = 'dead_letter_not_found', column = 'id',
      message = format('id: the tenant has no open dead letter %s.', edit_dead_letter.id);
  end if;
  perform pgscript_engine.audit(this_tenant, 'dead_letter.edited', 'execution', edit_dead_letter.id::text);
  return after;
end
$$;

comment on function pgscript.edit_dead_letter(text, uuid, jsonb) is
  'Sets the input with which an open dead letter is redriven; null: the one it had. Needs dead_letters.manage. tenant_key may be null where the transaction has a tenant.';

alter function pgscript.edit_dead_letter(text, uuid, jsonb) owner to pgscript_engine;
revoke all on function pgscript.edit_dead_letter(text, uuid, jsonb) from public;
grant execute on function pgscript.edit_dead_letter(text, uuid, jsonb) to pgscript_user, pgscript_operator, pgscript_integrator;
