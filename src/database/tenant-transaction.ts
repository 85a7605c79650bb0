import type { PoolClient } from 'pg'

import { type Database, transaction } from './database.ts'

/** For whom a transaction acts. */
export interface Identity {
  /** Null only for an operator who acts across tenants. */
  tenantId: string | null
  userId?: string | null
  apiKeyId?: string | null
  permissions: readonly string[]
  operator?: boolean
  remoteAddress?: string
}

/** The command line and the node's own set-up act as an operator who has been let in by the secret. */
export const systemOperator: Identity = { tenantId: null, permissions: [], operator: true }

/**
 * Runs `work` in a transaction that is confined to one identity by the database itself: as the role
 * of a user (or an operator), under a context that nothing but this node, in this transaction, can set.
 * Committed when `work` returns, rolled back when it throws.
 */
export async function asIdentity<T>(
  database: Database,
  identity: Identity,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return await transaction(database, async (client) => {
    await enterAs(client, database, identity)
    return await work(client)
  })
}

async function enterAs(client: PoolClient, database: Database, identity: Identity): Promise<void> {
  const {
    tenantId,
    userId = null,
    apiKeyId = null,
    permissions,
    operator = false,
    remoteAddress = null,
  } = identity
  await client.query('select pgscript_engine.enter($1, $2, $3, $4, $5, $6, $7)', [
    tenantId,
    userId,
    permissions,
    database.capability,
    operator,
    apiKeyId,
    remoteAddress,
  ])
  const role = operator ? database.roles.operator : database.roles.user
  await client.query(`set local role ${client.escapeIdentifier(role)}`)
}
