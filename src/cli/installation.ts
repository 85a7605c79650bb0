import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { Client, type ClientConfig, DatabaseError } from 'pg'

import { createSecretKeys, type SecretKeys } from '../bindings/secret-keys.ts'
import type { Config } from '../config.ts'
import { type Connections, resolveConnections } from '../database/connection-urls.ts'
import { type Database, openDatabase } from '../database/database.ts'
import { readApplied, refuseNewerDatabase } from '../database/database-version.ts'
import { type EmbeddedServer, startEmbeddedServer } from '../database/embedded-server.ts'
import { type MigrationReport, migrate } from '../database/migrate.ts'
import { deregisterNode, registerNode } from '../database/node-registry.ts'
import { deriveKey, loadSecret } from '../database/secret.ts'
import { readMigrations } from '../database/sql-files.ts'
import { DatabaseUnusableError } from '../errors.ts'
import type { Logger } from '../log.ts'

/** A database server that is there, and how to reach it. */
export interface Server {
  connections: Connections
  secret: string
  /** Null for an external server. */
  embedded: EmbeddedServer | null
  release(): Promise<void>
}

/** Finds the configured server, or starts (or joins) the embedded one. */
export async function openServer(config: Config, logger: Logger): Promise<Server> {
  const secret = await loadSecret(config.secret, config.dataDir)
  const embedded = config.databaseUrl ? null : await startEmbeddedServer({ dataDir: config.dataDir, logger })
  const url = config.databaseUrl ?? embedded?.url ?? ''
  return {
    connections: withDeadlines(resolveConnections(config, url, secret)),
    secret,
    embedded,
    release: async () => await embedded?.release(),
  }
}

/** A server that does not answer must not hold a command for the minutes that TCP tries. */
const connectMs = 10_000

function withDeadlines({ migrate, node, script, listen, derived }: Connections): Connections {
  return {
    migrate: migrate && withDeadline(migrate),
    node: withDeadline(node),
    script: withDeadline(script),
    listen: withDeadline(listen),
    derived,
  }
}

/** A URL may say otherwise, in seconds, as psql takes it: `?connect_timeout=3`. */
function withDeadline(connection: ClientConfig & { connect_timeout?: unknown }): ClientConfig {
  const seconds = Number(connection.connect_timeout)
  return { ...connection, connectionTimeoutMillis: seconds > 0 ? seconds * 1000 : connectMs }
}

/** A migrated database, opened as a node of its own. */
export interface Installation extends Server {
  database: Database
  /** What tenants' secrets are encrypted with. */
  secretKeys: SecretKeys
  migration: MigrationReport | null
  close(): Promise<void>
}

export interface InstallationOptions {
  config: Config
  logger: Logger
  /** Begins the node's id, such as `node` or `cli`. */
  purpose: string
  roles: readonly string[]
}

/**
 * Opens the database for work: migrated where we have the owner's rights, otherwise checked to be at
 * this binary's version; registered as a node.
 *
 * @throws {DatabaseUnusableError} `database_not_migrated`, `database_newer`, …
 */
export async function openInstallation(options: InstallationOptions): Promise<Installation> {
  const { config, logger, purpose, roles } = options
  const server = await openServer(config, logger)
  try {
    const migration = await bringUp(server, config, logger)
    const database = openDatabase({
      connection: server.connections.node,
      rolePrefix: config.rolePrefix,
      nodeId: `${purpose}-${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`.slice(0, 100),
      connections: config.databaseConnections,
      querySeconds: config.querySeconds,
      logger,
    })
    const key = deriveKey(server.secret, 'installation key')
    await registerNode(database, roles, key, config.leaseSeconds).catch(async (error) => {
      await database.pool.end()
      throw explainLogin(error, server.connections.node)
    })
    const secretKeys = createSecretKeys(server.secret, config.secretPrevious)
    return { ...server, database, secretKeys, migration, close: () => closeInstallation(server, database) }
  } catch (error) {
    await server.release()
    throw error
  }
}

async function closeInstallation(server: Server, database: Database): Promise<void> {
  await deregisterNode(database).catch(() => undefined)
  await database.pool.end()
  await server.release()
}

async function bringUp(server: Server, config: Config, logger: Logger): Promise<MigrationReport | null> {
  const { connections, secret } = server
  if (!connections.migrate) {
    await requireMigrated(connections.node, config.rolePrefix)
    return null
  }
  return await migrate({
    connection: connections.migrate,
    rolePrefix: config.rolePrefix,
    passwords: connections.derived,
    installationKey: deriveKey(secret, 'installation key'),
    logger,
  })
}

/** For a node that was given its own login only. */
async function requireMigrated(connection: ClientConfig, rolePrefix: string): Promise<void> {
  const client = new Client(connection)
  await client.connect()
  try {
    const migrations = await readMigrations(rolePrefix)
    const applied = await readApplied(client)
    refuseNewerDatabase(applied, migrations)
    const missing = migrations.filter((file) => !applied.migrations.has(file.path))
    if (missing.length === 0) return
    throw new DatabaseUnusableError(
      'database_not_migrated',
      `The database lacks ${missing.map((file) => file.path).join(', ')}. Run \`pgscript migrate\` with the owner's URL (PGSCRIPT_MIGRATE_URL) first.`,
    )
  } finally {
    await client.end()
  }
}

function explainLogin(error: unknown, connection: ClientConfig): unknown {
  if (!(error instanceof DatabaseError) || !error.code?.startsWith('28')) return error
  return new DatabaseUnusableError(
    'login_refused',
    `The server refuses the login ${connection.user}: ${error.message}. If another installation on this cluster uses the same role, set PGSCRIPT_ROLE_PREFIX; else run \`pgscript migrate\`.`,
    { cause: error },
  )
}
