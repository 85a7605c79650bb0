import type { Client } from 'pg'
import { describe, expect, test } from 'vitest'

import { findCatalogFaults } from '../../src/database/catalog-check.ts'
import { openDatabase } from '../../src/database/database.ts'
import type { MigrationReport } from '../../src/database/migrate.ts'
import { registerNode } from '../../src/database/node-registry.ts'
import { printRoles } from '../../src/database/print-roles.ts'
import { roleNames } from '../../src/database/role-names.ts'
import { deriveKey } from '../../src/database/secret.ts'
import { readMigrations } from '../../src/database/sql-files.ts'
import { silentLogger } from '../../src/log.ts'
import { asLogin, randomName, serverVersions, useOwnServer } from '../support/own-server.ts'
import { connectionsOf, migrateDatabase, onAdmin } from '../support/test-cluster.ts'

const nothing: MigrationReport = { migrations: [], objects: [] }
const migrationFiles = (await readMigrations('pgscript')).map(({ path }) => path)
const secret = 'a secret of the tests, which is long enough'

const [supported, absent] = [true, false].map((wanted) =>
  serverVersions.filter(({ isThere }) => isThere === wanted),
)
for (const { version } of absent ?? []) test.skip(`PostgreSQL ${version} is not installed here`)

describe.each(supported ?? [])('migrate on PostgreSQL $version', ({ binDir }) => {
  const server = useOwnServer(binDir)

  /** A prefix of its own for each test, for roles outlive a database. */
  const clusterOf = (rolePrefix: string) => ({ adminUrl: server.adminUrl, template: '', rolePrefix, secret })
  const migrateAs = async (url: string, rolePrefix: string, changes: { secret?: string } = {}) =>
    await migrateDatabase({ ...clusterOf(rolePrefix), ...changes }, url)

  async function givenInstaller(attributes = 'createrole') {
    const adminUrl = await server.createDatabase()
    return { adminUrl, url: await server.createInstaller(adminUrl, attributes), prefix: randomName('prefix') }
  }
  const rows = async (url: string, text: string, values: unknown[] = []) =>
    await onAdmin(url, async (client) => (await client.query(text, values)).rows)
  const roleList = async () =>
    (await rows(server.adminUrl, 'select rolname from pg_roles')).map((row) => row.rolname)
  const faults = async (url: string) => await onAdmin(url, (client) => findCatalogFaults(client))
  const isInstalled = async (url: string) =>
    (await rows(url, "select to_regnamespace('pgscript') is not null as found"))[0].found

  test('installs for a role that may create roles and nothing more', async () => {
    const { url } = await givenInstaller()
    const report = await migrateAs(url, 'pgscript')
    expect(report.migrations).toEqual(migrationFiles)
    expect(report.objects).toContain('sql/functions/pgscript_engine/catalog_faults.sql')
    expect(await faults(url)).toEqual([])

    // What the installer may do from here on: read what concerns it, and change it by the SQL interface only.
    await rows(url, "select pgscript.upsert_tenant('acme')")
    expect(await rows(url, 'select key from pgscript.tenants')).toEqual([{ key: 'acme' }])
    for (const sql of ["update pgscript.tenants set name = 'x'", 'select from pgscript_private.host_roles']) {
      await expect(rows(url, sql)).rejects.toMatchObject({ code: '42501' })
    }
  })

  test('leaves the installer without any right of the owning roles', async () => {
    const { adminUrl, url, prefix } = await givenInstaller()
    await migrateAs(url, prefix)
    const { owner, engine } = roleNames(prefix)
    const kept = await rows(
      adminUrl,
      `select role from unnest($1::text[]) as role
       where pg_has_role($2, role, 'usage') or exists (
         select from pg_auth_members as link
         where link.roleid = role::regrole and link.member = $2::regrole
           and coalesce((to_jsonb(link) ->> 'set_option')::boolean, true))`,
      [[owner, engine], new URL(url).username],
    )
    expect(kept).toEqual([])
    await expect(rows(url, `set role ${owner}`)).rejects.toMatchObject({ code: '42501' })
    await expect(rows(url, `set role ${engine}`)).rejects.toMatchObject({ code: '42501' })
  })

  test('gives the roles the configured prefix, and makes no other', async () => {
    const { url, prefix } = await givenInstaller()
    const before = await roleList()
    await migrateAs(url, prefix)
    const made = (await roleList()).filter((name) => !before.includes(name))
    expect(made.sort()).toEqual(Object.values(roleNames(prefix)).sort())
    expect(await faults(url)).toEqual([])

    const mentioned = await rows(
      url,
      `select routine.oid::regprocedure from pg_proc as routine join pg_namespace as schema on schema.oid = pronamespace
       where nspname like 'pgscript%' and prosrc ~ '[''"]pgscript_(owner|node|script|user|operator|integrator)[''"]'`,
    )
    expect(mentioned).toEqual([])

    // One schema is called like a role. What names it works under any prefix.
    await rows(url, 'create schema shop create table watched (tenant text)')
    await rows(url, "select pgscript.watch_table('shop.watched', 'tenant')")
    await rows(url, "select key from pgscript.upsert_tenant('acme')")
    await rows(url, "insert into shop.watched values ('acme')")
    expect(await rows(url, 'select type, status from pgscript.events')).toEqual([
      { type: 'watched.inserted', status: 'accepted' },
    ])
    const named = await rows(
      url,
      `select routine.oid::regprocedure from pg_proc as routine join pg_namespace as schema on schema.oid = pronamespace
       where nspname like 'pgscript%' and concat(prosrc, proconfig) ~ $1`,
      [`${prefix}_engine('::regnamespace|, pg_temp|\\.)`],
    )
    expect(named).toEqual([])
  })

  test("lets a node in with the login that is derived from the installer's URL", async () => {
    const { url, prefix } = await givenInstaller()
    await migrateAs(url, prefix)
    const node = openDatabase({
      connection: connectionsOf(clusterOf(prefix), url).node,
      rolePrefix: prefix,
      nodeId: 'node',
      connections: 1,
      logger: silentLogger,
    })
    try {
      await registerNode(node, [], deriveKey(secret, 'installation key'))
      const { rows } = await node.pool.query('select current_user as login')
      expect(rows).toEqual([{ login: node.roles.node }])
      expect(await findCatalogFaults(node.pool)).toEqual([])
    } finally {
      await node.pool.end()
    }
  })

  test('does nothing a second time, and again what a new secret needs', async () => {
    const { adminUrl, url, prefix } = await givenInstaller()
    await migrateAs(url, prefix)
    const applied = async () =>
      await rows(adminUrl, 'select path, applied_at from pgscript_private.applied_objects order by path')
    const first = await applied()
    expect(await migrateAs(url, prefix)).toEqual(nothing)
    expect(await applied()).toEqual(first)

    expect(await migrateAs(url, prefix, { secret: 'another secret, long enough too' })).toEqual(nothing)
    const keys = await rows(adminUrl, 'select count(*)::int as count from pgscript_private.installation_keys')
    expect(keys).toEqual([{ count: 2 }])
  })

  test('applies a migration to what an earlier version has installed, for the same role', async () => {
    const { adminUrl, url, prefix } = await givenInstaller()
    await migrateAs(url, prefix)
    // One that can be applied twice stands for one that is new.
    const again = 'migrations/0013_shares_of_a_node.sql'
    await rows(adminUrl, 'delete from pgscript_private.applied_migrations where name = $1', [again])
    expect((await migrateAs(url, prefix)).migrations).toEqual([again])
    expect(await migrateAs(url, prefix)).toEqual(nothing)
  })

  test('lets the installing role administer again what was restored from a dump', async () => {
    const { adminUrl, url, prefix } = await givenInstaller()
    await migrateAs(url, prefix)
    // There, the table is another one, and numbers of roles may be those of others.
    await rows(adminUrl, 'update pgscript_private.host_roles set table_oid = 1')
    await expect(rows(url, "select pgscript.upsert_tenant('acme')")).rejects.toMatchObject({ code: 'PS403' })
    expect(await migrateAs(url, prefix)).toEqual(nothing)
    await rows(url, "select pgscript.upsert_tenant('acme')")
    expect(await faults(url)).toEqual([])
  })

  test('keeps what roles were granted when grants were written down by name, for those that are there', async () => {
    const { adminUrl, url, prefix } = await givenInstaller()
    await migrateAs(url, prefix)
    const { owner } = roleNames(prefix)
    await onAdmin(adminUrl, async (client) => {
      await client.query(`
        alter table pgscript_private.host_roles drop column role_oid, drop column table_oid;
        alter table pgscript_private.host_roles add constraint host_roles_pkey primary key (role, tenant_id);
        insert into pgscript_private.host_roles (role) values ('a role that is gone');
        set role ${owner};
        ${(await readMigrations(prefix)).find(({ path }) => path.includes('/0019_'))?.text};
      `)
    })
    expect(await migrateAs(url, prefix)).toEqual(nothing)
    await rows(url, "select pgscript.upsert_tenant('acme')")
    expect(await faults(url)).toMatchObject([{ code: 'grant_without_role', object: 'a role that is gone' }])
  })

  test('applies the objects again whose text has changed, and only those', async () => {
    const { adminUrl, url, prefix } = await givenInstaller()
    await migrateAs(url, prefix)
    await rows(adminUrl, "comment on view pgscript.executions is 'of an older version'")
    const path = 'sql/views/executions.sql'
    await rows(adminUrl, 'update pgscript_private.applied_objects set hash = $1 where path = $2', [
      'older',
      path,
    ])

    expect(await migrateAs(url, prefix)).toEqual({ migrations: [], objects: [path] })
    const [comment] = await rows(adminUrl, "select obj_description('pgscript.executions'::regclass) as text")
    expect(comment.text).toMatch(/Every execution of the tenant/)
    expect(await faults(url)).toEqual([])
  })

  test.each([
    [
      'database_newer',
      "insert into pgscript_private.applied_migrations values ('migrations/9999_later.sql', '')",
    ],
    ['database_newer', "update pgscript_private.installation set version = '99.0.0'"],
    ['database_newer', "update pgscript_private.installation set version = '0.1.1'"],
    [
      'migration_changed',
      "update pgscript_private.applied_migrations set hash = '' where name like '%0002%'",
    ],
  ])('refuses with %s after: %s', async (code, change) => {
    const { adminUrl, url, prefix } = await givenInstaller()
    await migrateAs(url, prefix)
    await rows(adminUrl, change)
    await expect(migrateAs(url, prefix)).rejects.toMatchObject({ code })
  })

  test('leaves nothing behind when it fails, and succeeds once the cause is gone', async () => {
    const { adminUrl, url, prefix } = await givenInstaller()
    const before = await roleList()
    await rows(
      adminUrl,
      `create function public.refuse() returns event_trigger language plpgsql as $$
         begin raise exception 'no policies today'; end $$;
       create event trigger refuse_policies on ddl_command_start when tag in ('CREATE POLICY')
         execute function public.refuse()`,
    )
    await expect(migrateAs(url, prefix)).rejects.toMatchObject({
      code: 'migration_failed',
      message: expect.stringMatching(/sql\/policies\/.*no policies today/),
    })
    expect(await isInstalled(adminUrl)).toBe(false)
    expect(await roleList()).toEqual(before)

    await rows(adminUrl, 'drop event trigger refuse_policies')
    expect((await migrateAs(url, prefix)).migrations).toEqual(migrationFiles)
  })

  test('is done once when nodes of one database start together', async () => {
    const { url, prefix } = await givenInstaller()
    const reports = await Promise.all([1, 2, 3].map(() => migrateAs(url, prefix)))
    expect(reports.filter((report) => report.migrations.length > 0)).toHaveLength(1)
    expect(reports.filter((report) => report.objects.length === 0)).toHaveLength(2)
    expect(await faults(url)).toEqual([])
  })

  test('bears another database of the cluster that makes the same roles at the same moment', async () => {
    const first = await givenInstaller()
    const secondUrl = await server.createDatabase()
    const second = asLogin(secondUrl, new URL(first.url).username, new URL(first.url).password)
    await rows(
      secondUrl,
      `grant create on database ${new URL(secondUrl).pathname.slice(1)} to ${new URL(second).username}`,
    )
    const reports = await Promise.all([first.url, second].map((url) => migrateAs(url, first.prefix)))
    expect(reports.map((report) => report.migrations)).toEqual([migrationFiles, migrationFiles])
    expect([...(await faults(first.url)), ...(await faults(second))]).toEqual([])
  })

  test("tries again when another database's migration has just changed a role", async () => {
    const { adminUrl, prefix } = await givenInstaller()
    await migrateAs(adminUrl, prefix)
    const secondUrl = await server.createDatabase()
    await onAdmin(adminUrl, async (other) => {
      await other.query('begin')
      await other.query(`alter role ${prefix}_node password 'of another migration'`)
      const migrating = migrateAs(secondUrl, prefix)
      await expect
        .poll(
          async () =>
            await rows(
              adminUrl,
              `select from pg_stat_activity
               where application_name = 'pgscript migrate' and pg_backend_pid() <> pid
                 and $1 = any (pg_blocking_pids(pid))`,
              [await backendOf(other)],
            ),
          { timeout: 20_000 },
        )
        .toHaveLength(1)
      await other.query('commit')
      expect((await migrating).migrations).toEqual(migrationFiles)
    })
  })
  const backendOf = async (client: Client) =>
    (await client.query('select pg_backend_pid() as pid')).rows[0].pid

  test('says what is missing to a role that may not create roles', async () => {
    const { adminUrl, url, prefix } = await givenInstaller('nocreaterole')
    await expect(migrateAs(url, prefix)).rejects.toMatchObject({
      code: 'cannot_create_roles',
      message: expect.stringContaining('--print-roles'),
    })
    expect(await isInstalled(adminUrl)).toBe(false)
  })

  test('says what is missing to a role that finds roles it may not grant', async () => {
    const { url, prefix } = await givenInstaller('nocreaterole')
    await rows(
      server.adminUrl,
      await printRoles({ rolePrefix: prefix, installer: 'postgres', database: 'postgres' }),
    )
    await expect(migrateAs(url, prefix)).rejects.toMatchObject({
      code: 'cannot_create_roles',
      message: expect.stringContaining(`${prefix}_owner`),
    })
  })

  test('says what is missing to a role that may not create schemas', async () => {
    const { adminUrl, url, prefix } = await givenInstaller()
    const { pathname, username } = new URL(url)
    await rows(adminUrl, `revoke create on database ${pathname.slice(1)} from ${username}`)
    await expect(migrateAs(url, prefix)).rejects.toMatchObject({
      code: 'migration_failed',
      message: expect.stringMatching(/permission denied for database/),
    })
  })

  describe('with the roles that printRoles prints', () => {
    const givenPrinted = async (names: { installer: string; database: string; prefix: string }) =>
      await printRoles({ rolePrefix: names.prefix, installer: names.installer, database: names.database })

    test('works for a role that may create none', async () => {
      const { adminUrl, url, prefix } = await givenInstaller('nocreaterole')
      const { pathname, username } = new URL(url)
      const database = pathname.slice(1)
      await rows(adminUrl, `revoke create on database ${database} from ${username}`)
      const printed = await givenPrinted({ installer: username, database, prefix })
      await rows(server.adminUrl, printed)
      // A DBA may run it twice.
      await rows(server.adminUrl, printed)
      await rows(server.adminUrl, `alter role ${prefix}_node password 'chosen by the DBA'`)

      // Without the installer's URL alone, for it cannot set the logins' passwords.
      await expect(migrateAs(url, prefix)).rejects.toMatchObject({ code: 'cannot_set_passwords' })
      const nodeUrl = asLogin(url, `${prefix}_node`, 'chosen by the DBA')
      const report = await migrateDatabase(clusterOf(prefix), nodeUrl, url)
      expect(report.migrations).toEqual(migrationFiles)
      expect(await faults(url)).toEqual([])
      expect(await faults(nodeUrl)).toEqual([])

      await rows(url, "select pgscript.upsert_tenant('acme')")
      await rows(server.adminUrl, `create role ${prefix}_host`)
      await rows(url, `select pgscript.grant_integrator('${prefix}_host', array['acme'])`)
    })

    test('whatever the names are', async () => {
      const installer = `O'Brien "the" $DBA ${randomName('x')}`
      const database = `Dr. "No"'s`
      await onAdmin(server.adminUrl, async (admin) => {
        await admin.query(`create role ${admin.escapeIdentifier(installer)}`)
        await admin.query(`create database ${admin.escapeIdentifier(database)}`)
        const prefix = randomName('prefix')
        await admin.query(await givenPrinted({ installer, database, prefix }))
        const { rows } = await admin.query(
          "select has_database_privilege($1, $2, 'create') as may_create, pg_has_role($1, $3, 'usage') as is_integrator",
          [installer, database, `${prefix}_integrator`],
        )
        expect(rows).toEqual([{ may_create: true, is_integrator: true }])
      })
    })

    test('and prints no password', async () => {
      expect(await printRoles({ rolePrefix: 'pgscript' })).not.toMatch(/^[^-]*password/im)
      expect(await printRoles({ rolePrefix: 'pgscript' })).toContain('to "the_installer"')
    })
  })
})
