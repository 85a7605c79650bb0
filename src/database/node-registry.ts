import { type Database, type NodeRegistration, query } from './database.ts'
import { packageVersion } from './package-version.ts'

/** For a process that holds no lease: nothing is lost with it. */
const ampleSeconds = 60

/**
 * Writes this process down as a node: from here its capability opens tenant contexts.
 *
 * @throws {RefusedByDatabaseError} `installation_key_refused` when the secret is not the installation's.
 */
export async function registerNode(
  database: Database,
  roles: readonly string[],
  installationKey: string,
  leaseSeconds: number = ampleSeconds,
): Promise<void> {
  database.registration = { roles, installationKey, leaseSeconds }
  await writeRegistration(database, database.registration)
}

/** For a node that the database has forgotten, because it was not seen for too long. */
export async function registerAgain(database: Database): Promise<void> {
  if (database.registration) await writeRegistration(database, database.registration)
}

async function writeRegistration(database: Database, registration: NodeRegistration): Promise<void> {
  await query(
    database,
    `select pgscript_engine.register_node(
       node_id => $1, version => $2, roles => $3, installation_key => $4, capability => $5,
       lease => make_interval(secs => $6))`,
    [
      database.nodeId,
      packageVersion,
      registration.roles,
      registration.installationKey,
      database.capability,
      registration.leaseSeconds,
    ],
  )
}

/** The last statement of a node; its capability ends with it. */
export async function deregisterNode(database: Database): Promise<void> {
  await query(database, 'select pgscript_engine.deregister_node($1)', [database.nodeId])
}
