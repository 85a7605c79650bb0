import type { ScriptStore } from './scripts.ts'
import { createSpares } from './spares.ts'
import type { BusyClock } from './turns.ts'
import { type IsolateKind, kindName, WarmIsolate } from './warm-isolate.ts'

export interface IsolatePoolOptions {
  store: ScriptStore
  clock: BusyClock
  /** Warm isolates kept at most, of all tenants. */
  maxWarm: number
  onCatastrophe(isolate: WarmIsolate): void
  /** A tenant's warm isolate is no more. */
  onGone(tenantId: string): void
}

/** `warm`: it has run for the tenant before; `spare`: it was made ahead; `cold`: it had to be made. */
export type Warmth = 'warm' | 'spare' | 'cold'

export interface IsolatePool {
  acquire(tenantId: string, kind: IsolateKind): { isolate: WarmIsolate; warmth: Warmth }
  /** Takes back an isolate that a run has left; false when it is not kept warm, for whatever reason. */
  release(isolate: WarmIsolate): boolean
  /** Makes a warm one ahead of a tenant's next run, with the code of this key in it. */
  prewarm(tenantId: string, kind: IsolateKind, key: string): Promise<boolean>
  /** Gives up the longer idle half of what waits, to give memory back. */
  trim(): void
  /** `made`: since the process began. */
  counts(): { warm: number; spare: number; made: number }
}

const idleMs = 60_000

/** The isolates of a host: those that wait warm for their tenant, those that several runs share, and spare ones. */
export function createIsolatePool(options: IsolatePoolOptions): IsolatePool {
  const pool = new Pool(options)
  setInterval(() => pool.evictIdle(), idleMs / 4)
  return pool
}

class Pool implements IsolatePool {
  readonly #options: IsolatePoolOptions
  readonly #spares = createSpares((kind) => this.#create(kind))
  /** In the order in which they became idle, oldest first. */
  #warm: WarmIsolate[] = []
  /** In use, with room for more runs of their tenant. */
  readonly #shared = new Set<WarmIsolate>()
  #made = 0

  constructor(options: IsolatePoolOptions) {
    this.#options = options
  }

  #create(kind: IsolateKind): WarmIsolate {
    this.#made += 1
    return new WarmIsolate(kind, this.#options)
  }

  acquire(tenantId: string, kind: IsolateKind): { isolate: WarmIsolate; warmth: Warmth } {
    const found = this.#findShared(tenantId, kind) ?? this.#takeWarm(tenantId, kind)
    if (found) return { isolate: found, warmth: 'warm' }
    const spare = this.#spares.take(kind)
    const isolate = spare ?? this.#create(kind)
    isolate.tenantId = tenantId
    if (kind.shared) this.#shared.add(isolate)
    return { isolate, warmth: spare ? 'spare' : 'cold' }
  }

  #findShared(tenantId: string, kind: IsolateKind): WarmIsolate | undefined {
    const name = kindName(kind)
    for (const isolate of kind.shared ? this.#shared : []) {
      if (isolate.tenantId === tenantId && isolate.hasRoom && isolate.kindName === name) return isolate
    }
    return undefined
  }

  #takeWarm(tenantId: string, kind: IsolateKind): WarmIsolate | undefined {
    const name = kindName(kind)
    const known = this.#warm.findLastIndex(
      (isolate) => isolate.tenantId === tenantId && isolate.kindName === name,
    )
    if (known < 0) return undefined
    const [isolate] = this.#warm.splice(known, 1)
    if (isolate && kind.shared) this.#shared.add(isolate)
    return isolate
  }

  release(isolate: WarmIsolate): boolean {
    if (isolate.users > 0 && !isolate.isDisposed) return false
    this.#shared.delete(isolate)
    if (isolate.renew()) return this.#keep(isolate)
    isolate.dispose()
    return false
  }

  #keep(isolate: WarmIsolate): boolean {
    isolate.idleSince = performance.now()
    this.#warm.push(isolate)
    if (this.#warm.length > this.#options.maxWarm) this.#giveUp([this.#leastDeserving()])
    return true
  }

  /**
   * The longest idle of the tenant that keeps most: one with many isolates cannot push out those of others who
   * keep fewer.
   */
  #leastDeserving(): WarmIsolate | undefined {
    const kept = new Map<string | undefined, number>()
    for (const { tenantId } of this.#warm) kept.set(tenantId, (kept.get(tenantId) ?? 0) + 1)
    const most = Math.max(...kept.values())
    return this.#warm.find(({ tenantId }) => kept.get(tenantId) === most)
  }

  #giveUp(isolates: (WarmIsolate | undefined)[]): void {
    this.#warm = this.#warm.filter((isolate) => !isolates.includes(isolate))
    for (const isolate of isolates) {
      isolate?.dispose()
      if (isolate?.tenantId !== undefined) this.#options.onGone(isolate.tenantId)
    }
  }

  async prewarm(tenantId: string, kind: IsolateKind, key: string): Promise<boolean> {
    if (this.#warm.length >= this.#options.maxWarm / 2) return false
    const isolate = this.#spares.take(kind) ?? this.#create(kind)
    isolate.tenantId = tenantId
    try {
      await isolate.prepare(key)
    } catch {
      // Code that does not compile is its next run's to say.
      isolate.dispose()
      return false
    }
    return this.#keep(isolate)
  }

  trim(): void {
    this.#spares.clear()
    this.#giveUp(this.#warm.slice(0, Math.ceil(this.#warm.length / 2)))
  }

  evictIdle(): void {
    const now = performance.now()
    this.#giveUp(this.#warm.filter((isolate) => now - isolate.idleSince > idleMs))
  }

  counts() {
    return { warm: this.#warm.length, spare: this.#spares.count(), made: this.#made }
  }
}
