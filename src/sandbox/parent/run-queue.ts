import type { ActiveRun } from './active-run.ts'

const halfLifeMs = 10_000
/** What a run that is going on counts for, beside the processor time that its tenant has used of late. */
const runMs = 50

/** `waits`: this one cannot go yet, another might; `full`: none can. */
export type Served = 'started' | 'waits' | 'full'

/** Runs that wait for a host, and whose turn it is. */
export interface RunQueue {
  readonly size: number
  /** False when it is full: for the tenant, beyond its share while others wait, or altogether. */
  add(run: ActiveRun): boolean
  remove(run: ActiveRun): void
  /** Lets `start` take runs, one after the other, while it says that one was started. */
  serve(start: (run: ActiveRun) => Served): void
  started(tenantId: string): void
  ended(tenantId: string, cpuMs: number): void
  clear(): ActiveRun[]
}

interface Tenant {
  waiting: ActiveRun[]
  running: number
  usedMs: number
  usedAt: number
}

/**
 * Serves tenants, not runs: next is the oldest run of the tenant that has least going on and has used the
 * processor least of late. When it is full, the one who waits with most makes room for one with less.
 */
export function createRunQueue(maxQueued: number, refuse: (run: ActiveRun) => void): RunQueue {
  const tenants = new Map<string, Tenant>()
  /** Those of them with something that waits. */
  const queued = new Set<Tenant>()
  let size = 0

  function tenantOf(tenantId: string): Tenant {
    const known = tenants.get(tenantId)
    if (known) return known
    const made = { waiting: [], running: 0, usedMs: 0, usedAt: 0 }
    tenants.set(tenantId, made)
    return made
  }

  function load({ running, usedMs, usedAt }: Tenant): number {
    return running * runMs + usedMs * 2 ** ((usedAt - performance.now()) / halfLifeMs)
  }

  function forgetIdle(): void {
    if (tenants.size < 1000) return
    for (const [id, tenant] of tenants) {
      if (tenant.waiting.length === 0 && tenant.running === 0 && load(tenant) < 1) tenants.delete(id)
    }
  }

  function take(run: ActiveRun, tenant: Tenant): boolean {
    const { waiting } = tenant
    const index = waiting.indexOf(run)
    if (index < 0) return false
    waiting.splice(index, 1)
    size -= 1
    if (waiting.length === 0) queued.delete(tenant)
    return true
  }

  /** Makes room by refusing the newest run of whoever waits with most; false when that is this tenant. */
  function makeRoom(tenant: Tenant): boolean {
    const most = [...queued].reduce((a, b) => (b.waiting.length > a.waiting.length ? b : a), tenant)
    const newest = most.waiting.at(-1)
    if (newest === undefined || most.waiting.length <= tenant.waiting.length + 1) return false
    take(newest, most)
    refuse(newest)
    return true
  }

  /** The oldest that may go, of the tenant with the least load. */
  function next(passed: ReadonlySet<ActiveRun>): { tenant: Tenant; run: ActiveRun } | undefined {
    let found: { tenant: Tenant; run: ActiveRun } | undefined
    for (const tenant of queued) {
      const run = tenant.waiting.find((waiting) => !passed.has(waiting))
      if (run && (found === undefined || load(tenant) < load(found.tenant))) found = { tenant, run }
    }
    return found
  }

  function serve(start: (run: ActiveRun) => Served): void {
    const passed = new Set<ActiveRun>()
    for (let turn = next(passed); turn; turn = next(passed)) {
      const { run, tenant } = turn
      const outcome = run.settled ? 'started' : start(run)
      if (outcome === 'full') return
      if (outcome === 'waits') passed.add(run)
      else take(run, tenant)
    }
  }

  return {
    get size() {
      return size
    },
    add(run) {
      const tenant = tenantOf(run.job.tenantId)
      if (size >= maxQueued && !makeRoom(tenant)) return false
      tenant.waiting.push(run)
      queued.add(tenant)
      size += 1
      return true
    },
    remove: (run) => void take(run, tenantOf(run.job.tenantId)),
    serve,
    started(tenantId) {
      tenantOf(tenantId).running += 1
    },
    ended(tenantId, cpuMs) {
      const tenant = tenantOf(tenantId)
      tenant.usedMs = load({ ...tenant, running: 0 }) + cpuMs
      tenant.usedAt = performance.now()
      tenant.running -= 1
      forgetIdle()
    },
    clear() {
      size = 0
      const left = [...queued].flatMap((tenant) => tenant.waiting.splice(0))
      queued.clear()
      return left
    },
  }
}
