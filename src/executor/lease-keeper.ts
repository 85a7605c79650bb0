import type { Database } from '../database/database.ts'
import type { Logger } from '../log.ts'
import type { Lease } from './lease.ts'
import { renewLeases } from './renew-leases.ts'

/**
 * Keeps this node's leases alive, and stops a run whose lease it cannot keep.
 *
 * Invariants. A lease is held from the claim until `drop`. Its end is judged by this process's
 * monotonic clock, counted from before the statement that granted it was sent, so it ends here no
 * later than in the database, whatever either wall clock does. A node that is cut off therefore stops
 * its runs before anybody else may start them: `lost` is called once, and the run must not report.
 */
export interface LeaseKeeper {
  /** Holds leases that were granted by a statement sent at `grantedAt` (performance.now()). */
  hold(lease: Lease, grantedAt: number, lost: () => void): void
  drop(id: string): void
  size(): number
  stop(): void
}

interface Held {
  lease: Lease
  endsAt: number
  lost(): void
}

/** What a run needs to be killed in, before its lease ends. */
const marginMs = 500

export function keepLeases(options: {
  database: Database
  logger: Logger
  leaseSeconds: number
}): LeaseKeeper {
  const { database, logger, leaseSeconds } = options
  const leaseMs = leaseSeconds * 1000
  const held = new Map<string, Held>()
  let renewing = false

  async function renew() {
    if (renewing || held.size === 0) return
    renewing = true
    const sentAt = performance.now()
    const asked = [...held.values()]
    try {
      const kept = await renewLeases(
        database,
        asked.map((entry) => entry.lease),
        leaseSeconds,
      )
      for (const entry of asked) {
        if (kept.has(entry.lease.id)) entry.endsAt = sentAt + leaseMs
        else if (held.get(entry.lease.id) === entry) lose(entry, 'taken over')
      }
    } catch (error) {
      logger.warn({ err: error, leases: asked.length }, 'leases could not be renewed')
    } finally {
      renewing = false
    }
  }

  function lose(entry: Held, reason: string) {
    held.delete(entry.lease.id)
    logger.warn({ execution_id: entry.lease.id, tenant_id: entry.lease.tenantId, reason }, 'lease lost')
    entry.lost()
  }

  const renewal = setInterval(renew, leaseMs / 3)
  const watch = setInterval(
    () => {
      const deadline = performance.now() + Math.min(marginMs, leaseMs / 4)
      for (const entry of [...held.values()]) if (entry.endsAt <= deadline) lose(entry, 'not renewed in time')
    },
    Math.min(100, leaseMs / 10),
  )

  return {
    hold(lease, grantedAt, lost) {
      held.set(lease.id, { lease, endsAt: grantedAt + leaseMs, lost })
    },
    drop: (id) => void held.delete(id),
    size: () => held.size,
    stop() {
      clearInterval(renewal)
      clearInterval(watch)
    },
  }
}
