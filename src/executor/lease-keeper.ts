import type { Database } from '../database/database.ts'
import { RefusedByDatabaseError } from '../database/database-error.ts'
import { registerAgain } from '../database/node-registry.ts'
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
  hold(lease: Lease, grantedAt: number, on: LeaseEvents): void
  /** The run has ended and only its result is still to be written: there is nothing left to stop. */
  ended(id: string): void
  drop(id: string): void
  size(): number
  stop(): void
}

/** What may become of a run while its lease is held; each is told once at most. */
export interface LeaseEvents {
  /** Somebody else may run it from here on: stop, and report nothing. */
  lost(): void
  /** Somebody asked to stop it. */
  cancelled(): void
}

interface Held {
  lease: Lease
  endsAt: number
  /** Absent when the run has ended. */
  on?: LeaseEvents
}

/** What a run needs to be killed in, before its lease ends. */
const marginMs = 500

export function keepLeases(options: LeaseKeeperOptions): LeaseKeeper {
  return new RenewingLeaseKeeper(options)
}

interface LeaseKeeperOptions {
  database: Database
  logger: Logger
  leaseSeconds: number
}

class RenewingLeaseKeeper implements LeaseKeeper {
  readonly #options: LeaseKeeperOptions
  readonly #leaseMs: number
  readonly #held = new Map<string, Held>()
  readonly #renewal: NodeJS.Timeout
  readonly #watch: NodeJS.Timeout
  #renewing = false

  constructor(options: LeaseKeeperOptions) {
    this.#options = options
    this.#leaseMs = options.leaseSeconds * 1000
    this.#renewal = setInterval(() => this.#renew(), this.#leaseMs / 3)
    this.#watch = setInterval(() => this.#loseEnding(), Math.min(100, this.#leaseMs / 10))
  }

  hold(lease: Lease, grantedAt: number, on: LeaseEvents) {
    this.#held.set(lease.id, { lease, endsAt: grantedAt + this.#leaseMs, on })
  }

  ended(id: string) {
    const entry = this.#held.get(id)
    if (entry) delete entry.on
  }

  drop(id: string) {
    this.#held.delete(id)
  }

  size(): number {
    return this.#held.size
  }

  stop() {
    clearInterval(this.#renewal)
    clearInterval(this.#watch)
  }

  async #renew() {
    const { database, logger, leaseSeconds } = this.#options
    if (this.#renewing) return
    this.#renewing = true
    const sentAt = performance.now()
    const asked = [...this.#held.values()]
    const leases = asked.map((entry) => entry.lease)
    try {
      const kept = await renewLeases(database, leases, leaseSeconds)
      for (const entry of asked) {
        const lease = kept.get(entry.lease.id)
        if (lease) entry.endsAt = sentAt + this.#leaseMs
        if (lease?.isCancelled) entry.on?.cancelled()
        if (!lease && this.#held.get(entry.lease.id) === entry) this.#lose(entry, 'taken over')
      }
    } catch (error) {
      logger.warn({ err: error, leases: asked.length }, 'leases could not be renewed')
      if (error instanceof RefusedByDatabaseError && error.code === 'node_unknown')
        await this.#registerAgain()
    } finally {
      this.#renewing = false
    }
  }

  async #registerAgain() {
    const { database, logger } = this.#options
    try {
      await registerAgain(database)
    } catch (error) {
      logger.warn({ err: error }, 'the node could not be registered again')
    }
  }

  #loseEnding() {
    const deadline = performance.now() + Math.min(marginMs, this.#leaseMs / 4)
    for (const entry of [...this.#held.values()]) {
      if (entry.endsAt <= deadline) this.#lose(entry, 'not renewed in time')
    }
  }

  #lose(entry: Held, reason: string) {
    const { id: execution_id, tenantId: tenant_id } = entry.lease
    this.#held.delete(execution_id)
    // Most often its result has just been written, and the answer is on its way.
    if (entry.on === undefined) return
    this.#options.logger.warn({ execution_id, tenant_id, reason }, 'lease lost')
    entry.on.lost()
  }
}
