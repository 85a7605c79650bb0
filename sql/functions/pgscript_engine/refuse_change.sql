create or replace function pgscript_engine.refuse_change(relation regclass, operation text, type text, reason text)
  returns void
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  insert into pgscript.refused_events (id, tenant_key, type, payload, reason, source, published_by)
  values (
    pgscript.uuid_v7(), '', refuse_change.type,
    jsonb_build_object('table', refuse_change.relation::text, 'operation', lower(refuse_change.operation)),
    left(refuse_change.reason, 500), 'watch', coalesce(nullif(current_setting('role', true), 'none'), session_user)
  );
$$;

comment on function pgscript_engine.refuse_change(regclass, text, text, text) is
  'Notes for the operator that changes of a watched table could not become events, and why.';

alter function pgscript_engine.refuse_change(regclass, text, text, text) owner to pgscript_engine;
revoke all on function pgscript_engine.refuse_change(regclass, text, text, text) from public;
