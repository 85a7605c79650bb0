-- What the role that runs the migration needs, where it may not create roles itself. Printed by
-- `pgscript migrate --print-roles` after roles.sql, never run by it.

-- The logins have no password yet. Set them, and give their URLs to the nodes: DATABASE_URL (node),
-- PGSCRIPT_SCRIPT_URL (script); the URL of the installing role is PGSCRIPT_MIGRATE_URL.
-- alter role pgscript_node password '…';
-- alter role pgscript_script password '…';

grant create on database "the_database" to "the_installer";

-- The SQL interface, and the right to give it to host roles: pgscript.grant_integrator.
grant pgscript_integrator to "the_installer" with admin option;

do $roles$
begin
  if current_setting('server_version_num')::int >= 160000 then
    -- Only the right to grant: each migration makes itself a member for its own transaction.
    execute format(
      'grant pgscript_owner, pgscript_engine to %I with admin true, inherit false, set false', 'the_installer'
    );
  else
    -- PostgreSQL 15 knows no such right without membership. Revoke it between migrations if you like.
    execute format('grant pgscript_owner, pgscript_engine to %I', 'the_installer');
  end if;
end
$roles$;
