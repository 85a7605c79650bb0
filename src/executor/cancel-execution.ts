import type { Database } from '../database/database.ts'
import { asIdentity, type Identity } from '../database/tenant-transaction.ts'

/**
 * Stops an execution: a waiting one at once, a running one within a second, on whichever node.
 *
 * @param tenantKey null for the identity's own tenant.
 * @returns its status after the request; `running` means that it is being stopped.
 * @throws {RefusedByDatabaseError} `execution_not_found`, `permission_denied`.
 */
export async function cancelExecution(
  database: Database,
  identity: Identity,
  tenantKey: string | null,
  id: string,
): Promise<string> {
  return await asIdentity(database, identity, async (client) => {
    const { rows } = await client.query<{ status: string }>(
      'select pgscript.cancel_execution(tenant_key => $1, id => $2) as status',
      [tenantKey, id],
    )
    return rows[0]?.status ?? 'unknown'
  })
}
