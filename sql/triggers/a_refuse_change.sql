-- One function for every table that is append-only: versions, the audit log, finished executions.
create or replace function pgscript_engine.refuse_change()
  returns trigger
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = 'PS409', constraint = 'append_only',
    message = format('Rows of %I.%I are never changed or deleted.', tg_table_schema, tg_table_name);
end
$$;
comment on function pgscript_engine.refuse_change() is 'Refuses update, delete and truncate on an append-only table.';
alter function pgscript_engine.refuse_change() owner to pgscript_engine;
revoke all on function pgscript_engine.refuse_change() from public;
-- A new partition gets its parent's triggers, and making one needs this right of the table's owner.
grant execute on function pgscript_engine.refuse_change() to pgscript_owner;
