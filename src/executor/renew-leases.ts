import { type Database, query } from '../database/database.ts'
import { type Lease, leaseArrays } from './lease.ts'

/**
 * Extends this node's leases and marks the node as seen.
 *
 * @returns the ids it still holds; a run whose id is missing must be stopped, it has another holder.
 */
export async function renewLeases(
  database: Database,
  leases: readonly Lease[],
  leaseSeconds: number,
): Promise<Set<string>> {
  const rows = await query<{ id: string }>(
    database,
    `select renewed as id from pgscript_engine.renew_leases(
       node_id => $1, tenant_ids => $2, ids => $3, fences => $4, lease => make_interval(secs => $5)) as renewed`,
    [database.nodeId, ...leaseArrays(leases), leaseSeconds],
  )
  return new Set(rows.map((row) => row.id))
}
