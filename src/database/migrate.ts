import { createHash } from 'node:crypto'
import { Client, type ClientBase, type ClientConfig, DatabaseError } from 'pg'

import { DatabaseUnusableError } from '../errors.ts'
import { type Logger, silentLogger } from '../log.ts'
import { understandDatabaseError } from './database-error.ts'
import { readApplied, refuseNewerDatabase, refuseUnsupportedServer } from './database-version.ts'
import { installPgBoss } from './install-pg-boss.ts'
import { borrowOwnership, createRoles, returnOwnership } from './migrate-roles.ts'
import { packageVersion } from './package-version.ts'
import { type RoleNames, roleNames } from './role-names.ts'
import { readMigrations, readObjects, readSqlFile, type SqlFile } from './sql-files.ts'

export interface MigrateOptions {
  /** The owner's connection: CREATE on the database and CREATEROLE, or membership in the roles. */
  connection: ClientConfig
  rolePrefix: string
  /** Passwords for the logins, where they are derived from the owner's URL. */
  passwords: { node: string; script: string } | undefined
  /** With which nodes register; only its hash is stored. */
  installationKey: string
  logger?: Logger
}

export interface MigrationReport {
  migrations: string[]
  objects: string[]
}

/** One lock for every migration of a database: 'pgscript' in ASCII, cut to 63 bits. */
const migrationLock = '0x7067736372697074'

/** Another database's migration changed the same cluster-wide role; both are idempotent, so again. */
const attempts = 5

/**
 * Brings a database to this binary's version, or does nothing where it is there already. One
 * transaction, under one advisory lock: it is all or nothing, and nodes that start together wait
 * for the one that migrates.
 *
 * Order: roles, schemas, migrations never applied before (as the owner), pg-boss's schema, the
 * objects of sql/ whose text changed, the logins' passwords. Rights the installer borrows for it are
 * given back before the commit, so no other session ever sees them.
 *
 * @returns what was applied; both lists empty where nothing was to do.
 * @throws {DatabaseUnusableError} `database_newer`, `migration_changed`, `cannot_create_roles`, …
 */
export async function migrate(options: MigrateOptions): Promise<MigrationReport> {
  const { logger = silentLogger } = options
  for (let attempt = 1; ; attempt += 1) {
    const client = new Client({ ...options.connection, application_name: 'pgscript migrate' })
    await client.connect()
    try {
      return await inTransaction(client, () => applyAll(client, options, logger))
    } catch (error) {
      if (attempt >= attempts || !isConcurrentRoleChange(error)) throw understandDatabaseError(error)
      logger.debug({ err: error, attempt }, 'migration met another one, trying again')
    } finally {
      await client.end()
    }
  }
}

async function inTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

async function applyAll(
  client: ClientBase,
  options: MigrateOptions,
  logger: Logger,
): Promise<MigrationReport> {
  const { rolePrefix } = options
  const [migrations, objects, roles, schemas, grants, setup] = await Promise.all([
    readMigrations(rolePrefix),
    readObjects(rolePrefix),
    readSqlFile('roles.sql', rolePrefix),
    readSqlFile('schemas.sql', rolePrefix),
    readSqlFile('grants.sql', rolePrefix),
    readSqlFile('setup.sql', rolePrefix),
  ])
  await client.query(`select pg_advisory_xact_lock(${BigInt(migrationLock) & 0x7fff_ffff_ffff_ffffn})`)
  await refuseUnsupportedServer(client)

  const known = await readApplied(client)
  refuseNewerDatabase(known, migrations)
  const state = stateHash(options, [roles, schemas, grants, setup])
  const pending = migrations.filter((file) => !known.migrations.has(file.path))
  const changed = objects.filter((file) => known.objects.get(file.path) !== file.hash)
  const isSame = pending.length + changed.length === 0 && known.objects.get('installation') === state
  if (isSame && !known.isWithoutInstaller) return { migrations: [], objects: [] }

  await createRoles(client, roles, rolePrefix)
  const names = roleNames(rolePrefix)
  const borrowed = await borrowOwnership(client, names)
  await client.query('set local check_function_bodies = off')
  await client.query("set local client_min_messages = 'warning'")
  await run(client, schemas)

  const asOwner = `set local role ${client.escapeIdentifier(names.owner)}`
  for (const file of pending) {
    await client.query(asOwner)
    await run(client, file)
    // The record's own policy lets in the installer, who has borrowed the engine's rights, and not the owner.
    await client.query('reset role')
    await record(client, file, 'applied_migrations')
  }
  await client.query(asOwner)
  await installPgBoss(client)
  await client.query('reset role')
  await run(client, grants)
  for (const file of changed) {
    await run(client, file)
    await record(client, file, 'applied_objects')
  }
  await run(client, setup)
  await recordInstallation(client, options, state)
  await returnOwnership(client, borrowed)

  const report = { migrations: pending.map((file) => file.path), objects: changed.map((file) => file.path) }
  logger.info({ migrations: report.migrations, objects: report.objects.length }, 'database migrated')
  return report
}

async function run(client: ClientBase, file: SqlFile) {
  try {
    await client.query(file.text)
  } catch (error) {
    if (error instanceof DatabaseError && !isConcurrentRoleChange(error)) {
      const line = error.position ? file.text.slice(0, Number(error.position)).split('\n').length : undefined
      throw new DatabaseUnusableError(
        'migration_failed',
        `${file.path}${line ? `, line ${line}` : ''}: ${error.message}${error.where ? ` (${error.where})` : ''}`,
        { cause: error },
      )
    }
    throw error
  }
}

async function record(client: ClientBase, file: SqlFile, table: 'applied_migrations' | 'applied_objects') {
  const key = table === 'applied_migrations' ? 'name' : 'path'
  await client.query(
    `insert into pgscript_private.${table} (${key}, hash) values ($1, $2)
     on conflict (${key}) do update set hash = excluded.hash, applied_at = now()`,
    [file.path, file.hash],
  )
}

/** What else a migration sets, so that a new password, key or version is noticed like a new file. */
function stateHash(options: MigrateOptions, files: SqlFile[]): string {
  const facts = [packageVersion, options.installationKey, options.passwords, files.map((file) => file.hash)]
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex')
}

async function recordInstallation(client: ClientBase, options: MigrateOptions, state: string) {
  const names = roleNames(options.rolePrefix)
  if (options.passwords) await setPasswords(client, names, options.passwords)
  const keyHash = createHash('sha256').update(options.installationKey).digest()
  await client.query(
    `insert into pgscript_private.installation_keys (id, hash) values ($1, $2)
     on conflict (id) do update set revoked_at = null`,
    [keyHash.toString('hex').slice(0, 16), keyHash],
  )
  await client.query(
    `insert into pgscript_private.installation (version) values ($1)
     on conflict (only_one) do update set version = excluded.version, updated_at = now()`,
    [packageVersion],
  )
  // The installing role may do everything from plain SQL.
  await client.query(
    `delete from pgscript_private.host_roles as host
     using pg_catalog.pg_roles as installer
     where installer.rolname = session_user and host.tenant_id = '00000000-0000-0000-0000-000000000000'
       and case
         when host.table_oid = host.tableoid and exists (select from pg_catalog.pg_roles where oid = host.role_oid)
           then host.role_oid = installer.oid
         else host.role = installer.rolname
       end`,
  )
  await client.query(
    `insert into pgscript_private.host_roles (role, role_oid, table_oid, may_administer)
     select role.rolname, role.oid, 'pgscript_private.host_roles'::regclass, true
     from pg_catalog.pg_roles as role where role.rolname = session_user`,
  )
  await client.query(
    `insert into pgscript_private.applied_objects (path, hash) values ('installation', $1)
     on conflict (path) do update set hash = excluded.hash, applied_at = now()`,
    [state],
  )
}

async function setPasswords(
  client: ClientBase,
  names: RoleNames,
  passwords: { node: string; script: string },
) {
  for (const login of ['node', 'script'] as const) {
    const role = client.escapeIdentifier(names[login])
    try {
      await client.query(`alter role ${role} password ${client.escapeLiteral(passwords[login])}`)
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code !== '42501') throw error
      throw new DatabaseUnusableError(
        'cannot_set_passwords',
        `The installing role may not set the password of ${names[login]} (${error.message}). ` +
          'Have a DBA set it, and give DATABASE_URL and PGSCRIPT_SCRIPT_URL with the logins, PGSCRIPT_MIGRATE_URL with the installing role.',
        { cause: error },
      )
    }
  }
}

function isConcurrentRoleChange(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false
  return (
    /tuple concurrently (updated|deleted)/.test(error.message) ||
    ['40001', '40P01', '23505'].includes(error.code ?? '')
  )
}
