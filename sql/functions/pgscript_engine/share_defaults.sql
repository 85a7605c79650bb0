create or replace function pgscript_engine.share_defaults(source regclass, name text, columns text[])
  returns void
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
declare
  given record;
  maker text;
begin
  -- Invoker: the functions belong to who shares, and compute with their rights what a plain insert
  -- into the table would compute with the inserter's. A sequence needs no grant to scripts then.
  for given in
    select called.* from pgscript_engine.default_functions(share_defaults.source) as called
    where called.column_name = any (share_defaults.columns)
  loop
    maker := format('pgscript_shared.%I', left(share_defaults.name || '_' || given.column_name, 53) || '_default');
    execute format(
      'create function %s() returns %s language sql volatile security definer set search_path = pg_catalog, pg_temp as %L',
      maker, given.type_name, 'select ' || given.expression
    );
    execute format('revoke all on function %s() from public', maker);
    execute format('grant execute on function %s() to pgscript_script', maker);
    execute format('comment on function %s() is %L', maker,
      format('The default of %s in the shared table %s.', given.column_name, share_defaults.name));
    execute format('alter view pgscript_shared.%I alter column %I set default %s()',
      share_defaults.name, given.column_name, maker);
  end loop;
end
$$;

comment on function pgscript_engine.share_defaults(regclass, text, text[]) is
  'Gives a shared view the defaults of its table that scripts could not compute themselves, such as the next value of a sequence.';

alter function pgscript_engine.share_defaults(regclass, text, text[]) owner to pgscript_owner;
revoke all on function pgscript_engine.share_defaults(regclass, text, text[]) from public;
grant execute on function pgscript_engine.share_defaults(regclass, text, text[]) to pgscript_integrator;
