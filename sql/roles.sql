-- The roles. They belong to the whole cluster, so another database's migration may create the
-- same ones at the same moment: a role that is already there is not an error.
--   pgscript_owner       owns schemas and tables; nobody logs in as it
--   pgscript_engine      owns every security-definer function; granted to nobody
--   pgscript_node        login of a node; executes engine functions, reads no table itself
--   pgscript_script      login of scripts' own SQL
--   pgscript_user        what a node becomes inside a tenant's transaction
--   pgscript_operator    the same for an operator's, across tenants
--   pgscript_integrator  what host roles are granted to call the SQL interface
do $$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      ('pgscript_owner', 'nologin'),
      ('pgscript_engine', 'nologin'),
      ('pgscript_node', 'login noinherit'),
      ('pgscript_script', 'login noinherit'),
      ('pgscript_user', 'nologin'),
      ('pgscript_operator', 'nologin'),
      ('pgscript_integrator', 'nologin')
    ) as role (name, attributes)
  loop
    if not exists (select from pg_catalog.pg_roles where rolname = wanted.name) then
      begin
        execute format('create role %I %s', wanted.name, wanted.attributes);
      exception when duplicate_object or unique_violation then
        null;
      end;
    end if;
  end loop;
end
$$;

-- A node becomes a user or an operator for one transaction; it never holds their rights itself
-- (noinherit). Granted only where missing, so that a role which may not grant can migrate too.
do $$
begin
  if not pg_has_role('pgscript_node', 'pgscript_user', 'member') then
    grant pgscript_user to pgscript_node;
  end if;
  if not pg_has_role('pgscript_node', 'pgscript_operator', 'member') then
    grant pgscript_operator to pgscript_node;
  end if;
end
$$;
