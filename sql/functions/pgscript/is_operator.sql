create or replace function pgscript.is_operator()
  returns boolean
  language sql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
as $$
  select coalesce((pgscript_private.verified_context())[4] = 'operator', false);
$$;

comment on function pgscript.is_operator() is
  'Whether this transaction acts for an operator, across tenants.';

alter function pgscript.is_operator() owner to pgscript_engine;
revoke all on function pgscript.is_operator() from public;
grant execute on function pgscript.is_operator() to pgscript_node, pgscript_script, pgscript_user, pgscript_operator;
