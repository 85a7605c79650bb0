create or replace function pgscript_engine.forget_storage(week date, retention_class smallint)
  returns void
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  delete from pgscript_engine.tenant_storage as storage
  where storage.week = forget_storage.week and storage.retention_class = forget_storage.retention_class;
$$;

comment on function pgscript_engine.forget_storage(date, smallint) is
  'Forgets what a dropped partition took up.';

alter function pgscript_engine.forget_storage(date, smallint) owner to pgscript_engine;
revoke all on function pgscript_engine.forget_storage(date, smallint) from public;
grant execute on function pgscript_engine.forget_storage(date, smallint) to pgscript_owner;
