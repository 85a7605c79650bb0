create or replace function pgscript_engine.audit(
  tenant_id uuid, action text, subject_type text, subject_id text,
  before jsonb default null, after jsonb default null
)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  context text[] := coalesce(pgscript_private.verified_context(), '{}');
  acting_role text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
begin
  insert into pgscript.audit_log (
    tenant_id, id, action, subject_type, subject_id,
    actor_kind, actor_user_id, actor_key_id, actor_role, remote_address, before, after
  )
  values (
    audit.tenant_id, pgscript.uuid_v7(), audit.action, audit.subject_type, audit.subject_id,
    case
      when context[4] = 'operator' then 'operator'
      when context[3] <> '' then 'api_key'
      when context[2] <> '' then 'user'
      when context = '{}' then 'sql'
      else 'system'
    end,
    nullif(context[2], '')::uuid, nullif(context[3], '')::uuid, acting_role, nullif(context[6], ''),
    audit.before, audit.after
  );
end
$$;

comment on function pgscript_engine.audit(uuid, text, text, text, jsonb, jsonb) is
  'Records an act in the audit log, with who and from where taken from the transaction''s context.';

alter function pgscript_engine.audit(uuid, text, text, text, jsonb, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.audit(uuid, text, text, text, jsonb, jsonb) from public;
