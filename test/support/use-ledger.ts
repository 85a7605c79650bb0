import { beforeEach } from 'vitest'

import { type Database, query } from '../../src/database/database.ts'
import { registerNode } from '../../src/database/node-registry.ts'
import {
  type ClaimedExecution,
  type ClaimOptions,
  claimExecutions,
} from '../../src/executor/claim-executions.ts'
import type { Report } from '../../src/executor/report-executions.ts'
import { onlyRow } from './given-tenant.ts'
import type { TestDatabase } from './use-database.ts'

/** Each test begins with an empty queue, nothing running, and no node asleep. */
export function useEmptyLedger(database: TestDatabase): void {
  beforeEach(async () => {
    await database.owner.query(`
      delete from pgscript_engine.live_executions;
      delete from pgscript_engine.slot_leases;
      update pgscript_engine.tenant_slots set running = 0;
      update pgscript_engine.script_slots set running = 0;
      update pgscript_engine.nodes set asleep = false, seen_at = now(), alive_until = now() + interval '1 hour'`)
  })
}

/** A registered node with an id of its own; it shares the connections of the test's node. */
export async function givenNode(database: TestDatabase, nodeId: string): Promise<Database> {
  const node = { ...database.node, nodeId, capability: `capability of ${nodeId} in ${database.name}` }
  await registerNode(node, ['executor'], database.installationKey)
  return node
}

/** Claims, and says whose the executions are. */
export async function claim(
  node: Database,
  capacity: number,
  share: Pick<ClaimOptions, 'mostPerTenant' | 'held'> = {},
): Promise<ClaimedExecution[]> {
  return await claimExecutions(node, { capacity, leaseSeconds: 60, ...share })
}

/** One execution, claimed. */
export async function claimOne(node: Database): Promise<ClaimedExecution> {
  return onlyRow(await claim(node, 1))
}

/** A claimed execution's right to report, with a result: completed unless told otherwise. */
export function reportOn(
  execution: { tenant_id: string; id: string; fence: number },
  result: Partial<Report> = {},
): Report {
  return {
    tenantId: execution.tenant_id,
    id: execution.id,
    fence: execution.fence,
    status: 'completed',
    output: '{"ok":true}',
    error: null,
    metrics: '{}',
    logs: '[]',
    ...result,
  }
}

/** The same of a failed attempt. */
export function failureOf(
  execution: { tenant_id: string; id: string; fence: number },
  error: Record<string, unknown> = {},
  result: Partial<Report> = {},
): Report {
  return reportOn(execution, {
    status: 'failed',
    output: null,
    error: JSON.stringify({ code: 'script_error', message: 'no', retryable: false, ...error }),
    ...result,
  })
}

/** Ends the leases of these executions as if their node had not been heard of since. */
export async function loseNode(database: TestDatabase, node: Database): Promise<void> {
  await database.owner.query(
    `update pgscript_engine.live_executions set lease_expires_at = clock_timestamp() - interval '1 second'
     where claimed_by = $1`,
    [node.nodeId],
  )
  await database.owner.query(
    `update pgscript_engine.nodes set alive_until = clock_timestamp() - interval '1 second' where id = $1`,
    [node.nodeId],
  )
}

/** What any node does about the lost ones; how many executions went back to the queue. */
export async function requeueLost(database: TestDatabase, thorough = false): Promise<number> {
  const rows = await query<{ count: number }>(
    database.node,
    'select pgscript_engine.requeue_lost($1) as count',
    [thorough],
  )
  return onlyRow(rows).count
}

/** Waits until as many sessions of this database wait for another one's lock. */
export async function countBlocked(database: TestDatabase): Promise<number> {
  const { rows } = await database.owner.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
  )
  return onlyRow(rows).count
}
