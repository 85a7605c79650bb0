-- Who may look into which schema. Rights on tables stand with each table's policies, rights on
-- functions with each function; here is only the way in, and what every new object must not get.
revoke all on schema pgscript from public;
revoke all on schema pgscript_engine from public;
revoke all on schema pgscript_private from public;
revoke all on schema pgscript_shared from public;
revoke all on schema pgscript_boss from public;

grant usage on schema pgscript to pgscript_engine, pgscript_node, pgscript_user, pgscript_operator, pgscript_integrator;
grant usage on schema pgscript_engine to pgscript_engine, pgscript_node, pgscript_integrator;
grant usage on schema pgscript_private to pgscript_engine;
-- All that a script's own SQL can name: what is shared, and the way into its tenant.
grant usage on schema pgscript_shared to pgscript_script;
-- The owner of a function must be able to create in its schema; nobody can become this role.
grant create on schema pgscript to pgscript_engine;
grant create on schema pgscript_engine to pgscript_engine;
grant create on schema pgscript_private to pgscript_engine;
grant usage, create on schema pgscript_shared to pgscript_engine;
-- Shared views belong to whoever shares. The installing role may, and may let the owners of tables.
grant usage, create on schema pgscript_shared to session_user with grant option;

-- pg-boss runs under the node's login: its rows, never its tables.
grant usage on schema pgscript_boss to pgscript_node;
grant select, insert, update, delete on all tables in schema pgscript_boss to pgscript_node;
grant execute on all functions in schema pgscript_boss to pgscript_node;
revoke execute on all functions in schema pgscript_boss from public;
