import type { SandboxIsolation } from '../types.ts'
import type { ScriptStore } from './scripts.ts'
import { WarmIsolate } from './warm-isolate.ts'

/** What an isolate is made for. */
export interface IsolateKind {
  memoryMb: number
  isolation: SandboxIsolation
}

export interface IsolatePoolOptions {
  store: ScriptStore
  /** Warm isolates kept at most, of all tenants. */
  maxWarm: number
  onCatastrophe(isolate: WarmIsolate): void
  /** A tenant's warm isolate is no more. */
  onGone(tenantId: string): void
}

export interface IsolatePool {
  acquire(tenantId: string, kind: IsolateKind): { isolate: WarmIsolate; warm: boolean }
  /** Takes back an isolate that is at rest; it is kept for its tenant, or given up. */
  giveBack(isolate: WarmIsolate): boolean
  counts(): { warm: number; spare: number }
}

const idleMs = 60_000
const maxSpare = 2

export function createIsolatePool(options: IsolatePoolOptions): IsolatePool {
  // In the order in which they became idle, oldest first.
  let warm: WarmIsolate[] = []
  let spare: WarmIsolate[] = []
  // The latest asked for is the best guess at the next.
  let spareKind: IsolateKind = { memoryMb: 64, isolation: 'realm' }

  const create = (kind: IsolateKind) =>
    new WarmIsolate({ ...kind, store: options.store, onCatastrophe: options.onCatastrophe })
  const fits = (isolate: WarmIsolate, { memoryMb, isolation }: IsolateKind) =>
    isolate.memoryMb === memoryMb && isolate.isolation === isolation

  function giveUp(isolate: WarmIsolate): void {
    isolate.dispose()
    if (isolate.tenantId !== undefined) options.onGone(isolate.tenantId)
  }

  /** Costs 2 ms of the host's thread for each isolate, so it waits until the run at hand is on its way. */
  function topUp(): void {
    const misfits = spare.filter((isolate) => !fits(isolate, spareKind))
    for (const isolate of misfits) isolate.dispose()
    spare = spare.filter((isolate) => !misfits.includes(isolate))
    if (spare.length < maxSpare) spare.push(create(spareKind))
    if (spare.length < maxSpare) setTimeout(topUp, 5)
  }

  function acquire(tenantId: string, kind: IsolateKind) {
    const known = warm.findLastIndex((isolate) => isolate.tenantId === tenantId && fits(isolate, kind))
    if (known >= 0) return { isolate: warm.splice(known, 1)[0] as WarmIsolate, warm: true }
    spareKind = kind
    const ready = spare.find((isolate) => fits(isolate, kind))
    spare = spare.filter((isolate) => isolate !== ready)
    const isolate = ready ?? create(kind)
    isolate.tenantId = tenantId
    setTimeout(topUp, 5)
    return { isolate, warm: false }
  }

  function giveBack(isolate: WarmIsolate): boolean {
    if (!isolate.renew()) {
      isolate.dispose()
      return false
    }
    isolate.idleSince = performance.now()
    warm.push(isolate)
    if (warm.length > options.maxWarm) {
      const oldest = warm.shift()
      if (oldest) giveUp(oldest)
    }
    return true
  }

  setInterval(() => {
    const now = performance.now()
    const stale = warm.filter((isolate) => now - isolate.idleSince > idleMs)
    warm = warm.filter((isolate) => !stale.includes(isolate))
    for (const isolate of stale) giveUp(isolate)
  }, idleMs / 4)
  setTimeout(topUp, 0)

  return { acquire, giveBack, counts: () => ({ warm: warm.length, spare: spare.length }) }
}
