import { type Database, query } from './database.ts'
import { packageVersion } from './package-version.ts'

/**
 * Writes this process down as a node: from here its capability opens tenant contexts.
 *
 * @throws {RefusedByDatabaseError} `installation_key_refused` when the secret is not the installation's.
 */
export async function registerNode(
  database: Database,
  roles: readonly string[],
  installationKey: string,
): Promise<void> {
  await query(
    database,
    `select pgscript_engine.register_node(
       node_id => $1, version => $2, roles => $3, installation_key => $4, capability => $5)`,
    [database.nodeId, packageVersion, roles, installationKey, database.capability],
  )
}

/** The last statement of a node; its capability ends with it. */
export async function deregisterNode(database: Database): Promise<void> {
  await query(database, 'select pgscript_engine.deregister_node($1)', [database.nodeId])
}
