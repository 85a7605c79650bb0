import type { ScriptStore } from './scripts.ts'
import { WarmIsolate } from './warm-isolate.ts'

export interface IsolatePoolOptions {
  store: ScriptStore
  /** Warm isolates kept at most, of all tenants. */
  maxWarm: number
  onCatastrophe(isolate: WarmIsolate): void
  /** A tenant's warm isolate is no more. */
  onGone(tenantId: string): void
}

export interface IsolatePool {
  acquire(tenantId: string, memoryMb: number): { isolate: WarmIsolate; warm: boolean }
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
  // Isolates are made with their limit; the latest asked for is the best guess at the next.
  let spareMemoryMb = 64

  const create = (memoryMb: number) => new WarmIsolate(memoryMb, options.store, options.onCatastrophe)

  function giveUp(isolate: WarmIsolate): void {
    isolate.dispose()
    if (isolate.tenantId !== undefined) options.onGone(isolate.tenantId)
  }

  /** Costs 2 ms of the host's thread for each isolate, so it waits until the run at hand is on its way. */
  function topUp(): void {
    const misfits = spare.filter((isolate) => isolate.memoryMb !== spareMemoryMb)
    for (const isolate of misfits) isolate.dispose()
    spare = spare.filter((isolate) => !misfits.includes(isolate))
    if (spare.length < maxSpare) spare.push(create(spareMemoryMb))
    if (spare.length < maxSpare) setTimeout(topUp, 5)
  }

  function acquire(tenantId: string, memoryMb: number) {
    const fits = (isolate: WarmIsolate) => isolate.tenantId === tenantId && isolate.memoryMb === memoryMb
    const known = warm.findLast(fits)
    if (known) {
      warm = warm.filter((isolate) => isolate !== known)
      return { isolate: known, warm: true }
    }
    spareMemoryMb = memoryMb
    const ready = spare.find((isolate) => isolate.memoryMb === memoryMb)
    spare = spare.filter((isolate) => isolate !== ready)
    const isolate = ready ?? create(memoryMb)
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
