create or replace function pgscript_engine.raise_refusal(code text, reason text, place text default '')
  returns void
  language plpgsql immutable
  set search_path = pg_catalog, pg_temp
as $$
declare
  -- A reason that is about one field begins with it.
  field text := substring(raise_refusal.reason from '^(type|payload|idempotency_key)\M');
begin
  raise exception using
    errcode = case raise_refusal.code when 'quota_exceeded' then 'PS429' when 'tenant_suspended' then 'PS409' else 'PS422' end,
    constraint = raise_refusal.code, column = coalesce(raise_refusal.place || field, ''),
    message = case when field is not null then raise_refusal.place else '' end || raise_refusal.reason;
end
$$;

comment on function pgscript_engine.raise_refusal(text, text, text) is
  'Raises a refusal of an event, naming the field that is at fault, with where the event is among many before it.';

alter function pgscript_engine.raise_refusal(text, text, text) owner to pgscript_engine;
revoke all on function pgscript_engine.raise_refusal(text, text, text) from public;
