import { type Database, query } from '../database/database.ts'

/** A lease on an execution, with what the node needs to run it. */
export interface ClaimedExecution {
  tenant_id: string
  id: string
  script_id: string
  version: number
  trigger_type: string
  attempt: number
  fence: number
  user_id: string | null
  /** The node on which somebody waits for the result. */
  awaited_by: string | null
  created_at: Date
  run_at: Date
  started_at: Date
  cause: Record<string, unknown>
  /** JSON text, as the sandbox takes it. */
  input: string
}

export interface ClaimOptions {
  /** What this node has room for: free run slots, and what will find one in a moment. */
  capacity: number
  leaseSeconds: number
  /** The most executions that one tenant may hold on this node; absent: as many as there is room for. */
  mostPerTenant?: number
  /** How many each tenant holds now; less than none, where it may hold so many more. */
  held?: ReadonlyMap<string, number>
}

/**
 * Leases due executions to this node, at most one per free slot, and no tenant more than it may hold.
 *
 * Who gets what is decided in `pgscript_engine.claim_executions`; this is its typed doorway. A
 * claimed execution is the node's until its lease ends: finish it, renew it or give it back.
 *
 * @returns in no promised order; empty when nothing is due, and then the node is written down as asleep.
 */
export async function claimExecutions(
  database: Database,
  options: ClaimOptions,
): Promise<ClaimedExecution[]> {
  const { capacity, leaseSeconds, mostPerTenant = null, held = new Map<string, number>() } = options
  if (capacity < 1) return []
  return await query<ClaimedExecution>(
    database,
    `select
       tenant_id, id, script_id, version, trigger_type, attempt, fence, user_id, awaited_by,
       created_at, run_at, started_at, cause, input::text as input
     from pgscript_engine.claim_executions(
       capability => $1, batch_size => $2, lease => make_interval(secs => $3),
       most_per_tenant => $4, holders => $5, held => $6)`,
    [database.capability, capacity, leaseSeconds, mostPerTenant, [...held.keys()], [...held.values()]],
  )
}

/** Seconds from when an execution was due until it was claimed. */
export function waitOf(execution: ClaimedExecution): number {
  const due = Math.max(execution.created_at.getTime(), execution.run_at.getTime())
  return Math.max(0, execution.started_at.getTime() - due) / 1000
}
