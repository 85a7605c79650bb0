// A node's real claim loop and completion batcher, doorbell included; only the sandbox is missing, so that
// every execution has ended when it was claimed.

import { listen } from '../../../src/database/listener.ts'
import { deregisterNode } from '../../../src/database/node-registry.ts'
import { createBell } from '../../../src/executor/bell.ts'
import { runClaimLoop } from '../../../src/executor/claim-loop.ts'
import { createCompletionBatcher } from '../../../src/executor/completion-batcher.ts'
import { createSlotShares } from '../../../src/executor/slot-shares.ts'
import { createLogger } from '../../../src/log.ts'
import type { NodeSettings } from './ledger-database.ts'
import { openNode, reportOn } from './node-parts.ts'
import { serve } from './process.ts'

export interface ClaimingSettings extends NodeSettings {
  /** Runs at once. */
  slots: number
  /** Whose claims are noted. */
  watched: string
}

export interface Claims {
  executions: number
  /** When each execution of the watched tenant was there, in milliseconds of the wall clock. */
  watched: [id: string, at: number][]
}

/** What has been claimed since the last time. */
serve<ClaimingSettings, 'report', Claims>(async (settings) => {
  const logger = createLogger('warn')
  const database = await openNode(settings, 4)
  const stop = new AbortController()
  const work = createBell()
  const freed = createBell()
  const shares = createSlotShares(settings.slots, () => work.ring(), { mostAhead: 0 })
  let running = 0
  let claims: Claims = { executions: 0, watched: [] }
  const batcher = createCompletionBatcher({ database, logger, giveUp: stop.signal })
  const listener = await listen({
    connection: settings.listen,
    logger,
    on: { pgscript_work: () => work.ring() },
    onGap: () => work.ring(),
  })
  const loop = runClaimLoop({
    database,
    logger,
    leaseSeconds: 30,
    pollSeconds: () => 10,
    capacity: () => settings.slots - running,
    shares,
    work,
    freed,
    signal: stop.signal,
    failed() {
      throw new Error('a claim failed')
    },
    start(execution) {
      claims.executions += 1
      if (execution.tenant_id === settings.watched) {
        claims.watched.push([execution.id, performance.timeOrigin + performance.now()])
      }
      running += 1
      shares.take(execution.tenant_id)
      void batcher.report(reportOn(execution)).then(() => {
        running -= 1
        shares.release(execution.tenant_id, true)
        freed.ring()
      })
    },
  })
  return {
    async run() {
      const reported = claims
      claims = { executions: 0, watched: [] }
      return reported
    },
    async close() {
      stop.abort()
      await loop
      await batcher.idle()
      await listener.close()
      await deregisterNode(database)
      await database.pool.end()
    },
  }
})
