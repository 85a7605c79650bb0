// A node without a sandbox that claims and completes by turns on one connection.
import type { Database } from '../../../src/database/database.ts'
import { deregisterNode } from '../../../src/database/node-registry.ts'
import { claimExecutions } from '../../../src/executor/claim-executions.ts'
import { completeExecutions } from '../../../src/executor/report-executions.ts'
import type { NodeSettings } from './ledger-database.ts'
import { openNode, reportOn } from './node-parts.ts'
import { serve } from './process.ts'

/** Ends when nothing is left, or after that many executions or seconds. */
export interface DrainTask {
  batch: number
  executions?: number
  seconds?: number
}

export interface Drained {
  executions: number
  claimMs: number
  completeMs: number
}

serve<NodeSettings, DrainTask, Drained>(async (settings) => {
  const database = await openNode(settings, 1)
  return {
    run: (task) => drain(database, task),
    async close() {
      await deregisterNode(database)
      await database.pool.end()
    },
  }
})

async function drain(database: Database, { batch, executions, seconds }: DrainTask): Promise<Drained> {
  const most = executions ?? Number.POSITIVE_INFINITY
  const deadline = performance.now() + (seconds ?? Number.POSITIVE_INFINITY) * 1000
  const drained: Drained = { executions: 0, claimMs: 0, completeMs: 0 }
  // The second empty answer in a row is the truth: see the claim loop.
  for (let empty = 0; empty < 2 && drained.executions < most && performance.now() < deadline; ) {
    const began = performance.now()
    const claimed = await claimExecutions(database, { capacity: batch, leaseSeconds: 30 })
    const claimedAt = performance.now()
    drained.claimMs += claimedAt - began
    empty = claimed.length > 0 ? 0 : empty + 1
    if (claimed.length === 0) continue
    const accepted = await completeExecutions(database, claimed.map(reportOn))
    if (accepted.size !== claimed.length) throw new Error('a completion was refused')
    drained.completeMs += performance.now() - claimedAt
    drained.executions += claimed.length
  }
  return drained
}
