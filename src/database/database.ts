import { randomBytes } from 'node:crypto'
import pg, { type ClientConfig, type Pool, type PoolClient } from 'pg'

import type { Logger } from '../log.ts'
import { isUnanswered, understandDatabaseError } from './database-error.ts'
import { type RoleNames, roleNames } from './role-names.ts'
import { createTurns, type Turns } from './turns.ts'

/** A node's way to the database: its pool, and the capability that opens tenant contexts. */
export interface Database {
  pool: Pool
  roles: RoleNames
  nodeId: string
  /** Sent as a bind parameter only; registered, as a hash, by `registerNode`. */
  capability: string
  /** For what may have to wait for a lock that some client holds: half of the connections at most. */
  behindLocks: Turns
  /** How this node was registered, once it was. */
  registration?: NodeRegistration
}

export interface NodeRegistration {
  roles: readonly string[]
  installationKey: string
  /** How long the node may be silent before it is taken for lost. */
  leaseSeconds: number
}

export interface DatabaseOptions {
  connection: ClientConfig
  rolePrefix: string
  nodeId: string
  connections: number
  /** The longest a statement may be without an answer; by default there is no end. */
  querySeconds?: number
  logger: Logger
}

/** Opens a node's pool; connects with the first query. */
export function openDatabase(options: DatabaseOptions): Database {
  const { connection, rolePrefix, nodeId, connections, querySeconds, logger } = options
  const pool = new pg.Pool({
    ...connection,
    max: connections,
    application_name: `pgscript ${nodeId}`,
    connectionTimeoutMillis: 10_000,
    ...(querySeconds ? { query_timeout: querySeconds * 1000 } : {}),
    keepAlive: true,
  })
  // Without a listener an idle connection's loss would end the process; the pool replaces it.
  pool.on('error', (error) => logger.warn({ err: error }, 'idle database connection lost'))
  return {
    pool,
    roles: roleNames(rolePrefix),
    nodeId,
    capability: randomBytes(32).toString('base64url'),
    behindLocks: createTurns(Math.max(1, Math.floor(connections / 2))),
  }
}

/** Runs one statement outside any tenant, with the node's own rights; refusals become typed errors. */
export async function query<Row extends object>(
  database: Pick<Database, 'pool'>,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  try {
    const { rows } = await database.pool.query<Row>(text, values)
    return rows
  } catch (error) {
    throw understandDatabaseError(error)
  }
}

/** Runs `work` in a transaction with the node's own rights. */
export async function transaction<T>(
  database: Pick<Database, 'pool'>,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await database.pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    // Behind a statement that is not answered, a rollback would only wait as long again.
    if (isUnanswered(error)) broken = error
    else {
      await client.query('rollback').catch((rollbackError) => {
        broken = rollbackError
      })
    }
    throw understandDatabaseError(error)
  } finally {
    client.release(broken)
  }
}
