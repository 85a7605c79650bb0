create or replace function pgscript.watch_table(
  relation regclass, tenant_column text, type text default null, operations text[] default '{insert,update,delete}',
  columns text[] default null, update_of text[] default null
)
  returns text
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  event_type text := coalesce(
    watch_table.type, (select lower(class.relname) from pg_catalog.pg_class as class where class.oid = watch_table.relation)
  );
begin
  if coalesce(cardinality(watch_table.operations), 0) = 0
    or not watch_table.operations <@ array['insert', 'update', 'delete']
  then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_operations', column = 'operations',
      message = 'operations: must be some of insert, update, delete.';
  end if;
  perform pgscript_engine.record_watch(
    watch_table.relation, 'events', watch_table.tenant_column, null, event_type, watch_table.columns, watch_table.update_of
  );
  perform pgscript_engine.place_triggers(watch_table.relation, 'events', watch_table.operations);
  return event_type;
end
$$;

comment on function pgscript.watch_table(regclass, text, text, text[], text[], text[]) is
  'Makes events of a host table''s row changes, in the transaction that changes them: TYPE.inserted, TYPE.updated and TYPE.deleted with { operation, new, old }, for the tenant whose key the tenant column holds. type: the table''s name unless given. columns: what of a row is in the payload, all unless given. update_of: an update counts only where one of these changed, unless given any column of the payload. Returns the type. For a role that owns the table and may act for every tenant; called again, it replaces what it made.';

alter function pgscript.watch_table(regclass, text, text, text[], text[], text[]) owner to pgscript_owner;
revoke all on function pgscript.watch_table(regclass, text, text, text[], text[], text[]) from public;
grant execute on function pgscript.watch_table(regclass, text, text, text[], text[], text[]) to pgscript_integrator;
