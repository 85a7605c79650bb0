create or replace function pgscript_engine.refuse_unknown_version(request pgscript_engine.execution_request)
  returns void
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- What a reference would raise; one would make everybody who enqueues write to the version's row.
  raise exception using
    errcode = '23503',
    message = format(
      'The tenant %s has no version %s of a script %s.', request.tenant_id, request.version, request.script_id
    );
end
$$;

comment on function pgscript_engine.refuse_unknown_version(pgscript_engine.execution_request) is
  'Raises that an execution cannot be enqueued, for its tenant has no such version of the script.';

alter function pgscript_engine.refuse_unknown_version(pgscript_engine.execution_request) owner to pgscript_engine;
revoke all on function pgscript_engine.refuse_unknown_version(pgscript_engine.execution_request) from public;
