import { type Database, query } from '../database/database.ts'
import { asIdentity, type Identity } from '../database/tenant-transaction.ts'

export interface ExecutionRequest {
  /** Name or id. */
  script: string
  /** JSON text. */
  input: string
  priority?: number | undefined
  runAt?: Date | undefined
  idempotencyKey?: string | undefined
  /** Whether somebody on this node waits for the result. */
  awaited?: boolean
}

export interface RequestedExecution {
  tenantId: string
  id: string
}

/**
 * Asks for a run on behalf of an API key, in one round trip.
 *
 * @throws {RefusedByDatabaseError} `unauthenticated`, `script_not_found`, `permission_denied`, …
 */
export async function requestExecutionByKey(
  database: Database,
  apiKey: string,
  remoteAddress: string,
  request: ExecutionRequest,
): Promise<RequestedExecution> {
  const [row] = await query<{ tenant_id: string; execution_id: string }>(
    database,
    `select * from pgscript_engine.request_execution_by_key(
       api_key => $1, capability => $2, remote_address => $3, script => $4, input => $5, priority => $6,
       run_at => $7, idempotency_key => $8, awaited_by => $9)`,
    [
      apiKey,
      database.capability,
      remoteAddress,
      request.script,
      request.input,
      request.priority ?? 0,
      request.runAt ?? null,
      request.idempotencyKey ?? null,
      request.awaited ? database.nodeId : null,
    ],
  )
  if (!row) throw new Error('request_execution_by_key returned no row')
  return { tenantId: row.tenant_id, id: row.execution_id }
}

/** Asks for a run by hand, as an identity; the node's login may, so the role is left for it. */
export async function requestManualExecution(
  database: Database,
  identity: Identity,
  tenantKey: string,
  request: ExecutionRequest,
): Promise<string> {
  return await asIdentity(database, identity, async (client) => {
    await client.query('reset role')
    const { rows } = await client.query<{ id: string }>(
      `select pgscript_engine.request_execution(
         tenant_key => $1, script => $2, input => $3, trigger_type => 'manual', priority => $4, run_at => $5,
         idempotency_key => $6, awaited_by => $7) as id`,
      [
        tenantKey,
        request.script,
        request.input,
        request.priority ?? 0,
        request.runAt ?? null,
        request.idempotencyKey ?? null,
        request.awaited ? database.nodeId : null,
      ],
    )
    const [row] = rows
    if (!row) throw new Error('request_execution returned no row')
    return row.id
  })
}
