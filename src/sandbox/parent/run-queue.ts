import type { ActiveRun } from './active-run.ts'

const halfLifeMs = 10_000
/** What a run that is going on counts for, beside the processor time that its tenant has used of late. */
const runMs = 50
/** Tenants remembered, beyond those with something that runs or waits. */
const maxIdle = 1000

/** `waits`: this one cannot go yet, another might; `full`: none can. */
export type Served = 'started' | 'waits' | 'full'

interface Tenant {
  waiting: ActiveRun[]
  running: number
  usedMs: number
  usedAt: number
}

/**
 * Runs that wait for a host. Serves tenants, not runs: next is the oldest run of the tenant that has least
 * going on and has used the processor least of late. When it is full, the one who waits with most makes room
 * for one with less.
 */
export class RunQueue {
  readonly #maxQueued: number
  readonly #refuse: (run: ActiveRun) => void
  readonly #tenants = new Map<string, Tenant>()
  /** Those of them with something that waits. */
  readonly #queued = new Set<Tenant>()
  #size = 0

  constructor(maxQueued: number, refuse: (run: ActiveRun) => void) {
    this.#maxQueued = maxQueued
    this.#refuse = refuse
  }

  get size(): number {
    return this.#size
  }

  /** False when it is full, and nobody waits with more. */
  add(run: ActiveRun): boolean {
    const tenant = this.#tenantOf(run.job.tenantId)
    if (this.#size >= this.#maxQueued && !this.#makeRoom(tenant)) return false
    tenant.waiting.push(run)
    this.#queued.add(tenant)
    this.#size += 1
    return true
  }

  remove(run: ActiveRun): void {
    this.#take(run, this.#tenantOf(run.job.tenantId))
  }

  /** Offers `start` one run after the other, until it can start no more. */
  serve(start: (run: ActiveRun) => Served): void {
    const passed = new Set<ActiveRun>()
    for (let turn = this.#next(passed); turn; turn = this.#next(passed)) {
      const { run, tenant } = turn
      const outcome = run.settled ? 'started' : start(run)
      if (outcome === 'full') return
      if (outcome === 'waits') passed.add(run)
      else this.#take(run, tenant)
    }
  }

  started(tenantId: string): void {
    this.#tenantOf(tenantId).running += 1
  }

  ended(tenantId: string, cpuMs: number): void {
    const tenant = this.#tenantOf(tenantId)
    tenant.usedMs = load({ ...tenant, running: 0 }) + cpuMs
    tenant.usedAt = performance.now()
    tenant.running -= 1
    this.#forgetIdle()
  }

  clear(): ActiveRun[] {
    const left = [...this.#queued].flatMap((tenant) => tenant.waiting.splice(0))
    this.#queued.clear()
    this.#size = 0
    return left
  }

  #tenantOf(tenantId: string): Tenant {
    const known = this.#tenants.get(tenantId)
    if (known) return known
    const made = { waiting: [], running: 0, usedMs: 0, usedAt: 0 }
    this.#tenants.set(tenantId, made)
    return made
  }

  #forgetIdle(): void {
    if (this.#tenants.size < maxIdle) return
    for (const [id, tenant] of this.#tenants) {
      if (tenant.waiting.length === 0 && tenant.running === 0 && load(tenant) < 1) this.#tenants.delete(id)
    }
  }

  #take(run: ActiveRun, tenant: Tenant): void {
    const index = tenant.waiting.indexOf(run)
    if (index < 0) return
    tenant.waiting.splice(index, 1)
    this.#size -= 1
    if (tenant.waiting.length === 0) this.#queued.delete(tenant)
  }

  /** Refuses the newest run of whoever waits with most; false when that is this tenant. */
  #makeRoom(tenant: Tenant): boolean {
    const most = [...this.#queued].reduce((a, b) => (b.waiting.length > a.waiting.length ? b : a), tenant)
    const newest = most.waiting.at(-1)
    if (newest === undefined || most.waiting.length <= tenant.waiting.length + 1) return false
    this.#take(newest, most)
    this.#refuse(newest)
    return true
  }

  /** The oldest that may go, of the tenant with the least load. */
  #next(passed: ReadonlySet<ActiveRun>): { tenant: Tenant; run: ActiveRun } | undefined {
    let found: { tenant: Tenant; run: ActiveRun } | undefined
    for (const tenant of this.#queued) {
      const run = tenant.waiting.find((waiting) => !passed.has(waiting))
      if (run && (found === undefined || load(tenant) < load(found.tenant))) found = { tenant, run }
    }
    return found
  }
}

function load({ running, usedMs, usedAt }: Tenant): number {
  return running * runMs + usedMs * 2 ** ((usedAt - performance.now()) / halfLifeMs)
}
