import { type Database, query } from '../database/database.ts'
import { type Lease, leaseArrays } from './lease.ts'

/**
 * Extends this node's leases and marks the node as seen.
 *
 * @returns the executions it still holds, and whether somebody has asked to stop each; a run that is
 * missing must be stopped, it has another holder.
 * @throws {RefusedByDatabaseError} `node_unknown` when the node was forgotten and must register again.
 */
export async function renewLeases(
  database: Database,
  leases: readonly Lease[],
  leaseSeconds: number,
): Promise<Map<string, { isCancelled: boolean }>> {
  const rows = await query<{ id: string; is_cancelled: boolean }>(
    database,
    `select id, is_cancelled from pgscript_engine.renew_leases(
       node_id => $1, tenant_ids => $2, ids => $3, fences => $4, lease => make_interval(secs => $5))`,
    [database.nodeId, ...leaseArrays(leases), leaseSeconds],
  )
  return new Map(rows.map((row) => [row.id, { isCancelled: row.is_cancelled }]))
}
