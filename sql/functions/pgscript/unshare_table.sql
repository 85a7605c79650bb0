create or replace function pgscript.unshare_table(name text)
  returns void
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
declare
  view regclass := to_regclass(format('pgscript_shared.%I', unshare_table.name));
  maker regprocedure;
  makers regprocedure[];
begin
  if view is null then
    raise exception using
      errcode = 'PS404', constraint = 'shared_table_not_found', column = 'name',
      message = format('name: no table is shared as %I.', left(unshare_table.name, 100)),
      hint = 'select name from pgscript.shared_tables() lists what is.';
  end if;
  makers := array(
    select distinct used.refobjid::regprocedure
    from pg_catalog.pg_attrdef as given
    join pg_catalog.pg_depend as used
      on used.classid = 'pg_catalog.pg_attrdef'::regclass and used.objid = given.oid
        and used.refclassid = 'pg_catalog.pg_proc'::regclass
    join pg_catalog.pg_proc as routine on routine.oid = used.refobjid
    where given.adrelid = view and routine.pronamespace = 'pgscript_shared'::regnamespace
  );
  -- Invoker: dropping takes the owner of the view, who shared it.
  execute format('drop view pgscript_shared.%I', unshare_table.name);
  foreach maker in array makers loop
    execute format('drop function %s', maker);
  end loop;
  perform pgscript_engine.record_sharing('table.unshared', unshare_table.name, '{}');
end
$$;

comment on function pgscript.unshare_table(text) is
  'Takes a shared table back; for the role that shared it. Scripts that name it fail from the commit on; the table itself is not touched.';

alter function pgscript.unshare_table(text) owner to pgscript_owner;
revoke all on function pgscript.unshare_table(text) from public;
grant execute on function pgscript.unshare_table(text) to pgscript_integrator;
