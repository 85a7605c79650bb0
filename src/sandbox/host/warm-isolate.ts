import ivm from 'isolated-vm'

import { guestFileName, guestSource } from '../guest/bootstrap.ts'
import type { SandboxIsolation } from '../types.ts'
import { createRealm, type Realm } from './realm.ts'
import type { ScriptStore } from './scripts.ts'
import { type BusyClock, Turns } from './turns.ts'

/** What an isolate is made for. */
export interface IsolateKind {
  memoryMb: number
  isolation: SandboxIsolation
  /** Several executions of the tenant at once. */
  shared: boolean
  /** Code may be made from strings. */
  allowCode: boolean
}

/** Isolates of one name can stand in for each other. */
export function kindName({ memoryMb, isolation, shared, allowCode }: IsolateKind): string {
  return `${memoryMb} ${isolation} ${shared} ${allowCode}`
}

/** After so many runs an isolate is given up, however well it looks. */
const maxRuns: Record<SandboxIsolation, number> = { realm: 10_000, context: 1000, isolate: 1 }
/** Of those that share one: its memory is theirs together. */
const maxSharers = 100
/** What a warm isolate may hold, garbage included, and half its limit at most; the node's watch allows for it. */
const maxIdleMb = 32
const maxScripts = 20
const shortMs = 2
const maxUnmeasured = 16
const measureMs = 20

const guests = new Map<string, string>()
function guestFor({ isolation, allowCode }: IsolateKind): string {
  const name = `${isolation === 'realm'} ${allowCode}`
  const source = guests.get(name) ?? guestSource({ shared: isolation === 'realm', allowCode })
  guests.set(name, source)
  return source
}

export interface WarmIsolateOptions {
  clock: BusyClock
  store: ScriptStore
  onCatastrophe(isolate: WarmIsolate): void
}

/**
 * An isolate, and the realm made ready for its next run: the same one again where executions share it,
 * else a new context each time (0.6 to 0.8 ms), made ahead while the isolate is idle.
 *
 * It belongs to nobody until its first run and to that run's tenant for the rest of its life; it runs one
 * execution at a time unless the tenant's may share it; it is given up after `maxRuns` runs, when its heap has
 * grown, or at the first sign that it did not come to rest.
 */
export class WarmIsolate {
  readonly isolate: ivm.Isolate
  readonly kind: IsolateKind
  readonly kindName: string
  readonly turns: Turns<object>
  tenantId: string | undefined
  idleSince = 0
  disposed = false
  /** An execution has changed what all of its realm share, and nothing undoes that: it takes no run any more. */
  isSpoilt = false
  /** Runs that are alive in it. */
  users = 0
  /** As last measured: heap and buffers. */
  bytes = 0
  measuredAt = performance.now()
  #end: 'memory_limit' | 'crowded' | undefined
  #heapBytes = 0
  #unmeasured = 0
  #measuring = false
  #changed = true
  #runs = 0
  #guest: Promise<ivm.Script>
  #realm: Promise<Realm>
  /** The least recently used first. */
  readonly #scripts = new Map<string, ivm.Script>()
  readonly #store: ScriptStore
  /** What the realm has been given of them. */
  #defined = new Map<string, Promise<void>>()

  constructor(kind: IsolateKind, { store, clock, onCatastrophe }: WarmIsolateOptions) {
    this.kind = kind
    this.kindName = kindName(kind)
    this.#store = store
    this.isolate = new ivm.Isolate({
      memoryLimit: kind.memoryMb,
      onCatastrophicError: () => onCatastrophe(this),
    })
    this.turns = new Turns(clock, () => (this.isDisposed ? 0 : Number(this.isolate.cpuTime) / 1e6))
    this.#guest = this.isolate.compileScript(guestFor(kind), { filename: guestFileName })
    this.#realm = this.#nextRealm()
  }

  #nextRealm(): Promise<Realm> {
    const realm = this.#guest.then((script) => createRealm(this.isolate, script))
    // Awaited by the next run only, which may never come.
    realm.catch(() => undefined)
    return realm
  }

  /** Whether another run may come in beside those that are here. */
  get hasRoom(): boolean {
    if (!this.kind.shared || this.isSpoilt || this.isDisposed || this.users >= maxSharers) return false
    return this.#runs < maxRuns.realm && this.bytes < (this.kind.memoryMb * 1024 * 1024) / 2
  }

  /** The realm for a run, with the script of this key in it. */
  async take(key: string): Promise<Realm> {
    this.#runs += 1
    return await this.#ready(key)
  }

  /** Does ahead of a run what can be: a context of its own takes one script only, and who knows which is next. */
  async prepare(key: string): Promise<void> {
    if (this.kind.isolation === 'realm') await this.#ready(key)
    else this.#scripts.set(key, await this.#store.compile(this.isolate, key))
  }

  async #ready(key: string): Promise<Realm> {
    let defined = this.#defined.get(key)
    if (defined === undefined) {
      defined = this.#define(key)
      this.#defined.set(key, defined)
      // Who waits for it hears of it; who comes later tries again.
      defined.catch(() => this.#defined.delete(key))
    }
    await defined
    this.#touch(key)
    return await this.#realm
  }

  async #define(key: string): Promise<void> {
    const known = this.#scripts.get(key) ?? this.#store.compile(this.isolate, key)
    const [realm, script] = await Promise.all([this.#realm, known])
    this.#scripts.set(key, script)
    await realm.define(key, script)
    this.#evict(realm)
  }

  #touch(key: string): void {
    const script = this.#scripts.get(key)
    if (script === undefined) return
    this.#scripts.delete(key)
    this.#scripts.set(key, script)
  }

  #evict(realm: Realm): void {
    for (const [oldest, script] of this.#scripts) {
      if (this.#scripts.size <= maxScripts) return
      this.#scripts.delete(oldest)
      this.#defined.delete(oldest)
      realm.forget(oldest)
      script.release()
    }
  }

  enter(run: object): void {
    this.#changed = true
    this.turns.enter(run)
  }

  /**
   * Bytes of heap and buffers. Only while the isolate is at rest: else the host would wait for its thread.
   * After runs too short to have changed much it is the last measurement that is given, for a new one
   * would be a fifth of all the host does for such a run.
   */
  measureAtRest(durationMs: number): number {
    this.#unmeasured += 1
    const isFresh = this.bytes > 0 && durationMs < shortMs && this.#unmeasured < maxUnmeasured
    if (isFresh || this.turns.holder) return this.bytes
    this.#weigh(this.isolate.getHeapStatisticsSync())
    return this.bytes
  }

  /**
   * Whether its one run holds more than it may. V8 keeps its own limit but for a single large object, such as a text
   * of 500 MB, which it lets pass where the rest has room; garbage alone comes nowhere near this.
   */
  get isOverLimit(): boolean {
    return this.users === 1 && this.bytes > 1.5 * this.kind.memoryMb * 1024 * 1024
  }

  /** Measures it while it runs, now and then, if anything was run in it since; the answer comes when its thread gets to it. */
  watch(now: number): void {
    if (this.#measuring || this.isDisposed || now - this.measuredAt < measureMs) return
    if (!this.#changed && this.turns.holder === undefined) return
    this.#measuring = true
    this.#changed = false
    this.isolate.getHeapStatistics().then(
      (heap) => {
        this.#measuring = false
        this.#weigh(heap)
      },
      // Disposed meanwhile; the watch of its runs sees that.
      () => undefined,
    )
  }

  #weigh(heap: ivm.HeapStatistics): void {
    this.#unmeasured = 0
    this.measuredAt = performance.now()
    this.#heapBytes = heap.total_physical_size + heap.externally_allocated_size
    this.bytes = heap.used_heap_size + heap.malloced_memory + heap.externally_allocated_size
  }

  /** Readies the isolate for the next run; false when it should be given up instead. */
  renew(): boolean {
    const { isolation, memoryMb } = this.kind
    if (this.isSpoilt || this.isDisposed || this.#runs >= maxRuns[isolation]) return false
    if (this.#heapBytes > Math.min(maxIdleMb, memoryMb / 2) * 1024 * 1024) return false
    if (isolation === 'realm') return true
    void this.#realm.then((realm) => realm.release())
    this.#defined = new Map()
    this.#realm = this.#nextRealm()
    return true
  }

  /** True as well when the library gave the isolate up, which is what it does at the memory limit. */
  get isDisposed(): boolean {
    return this.disposed || this.isolate.isDisposed
  }

  /** How the runs end that are in it when it is disposed: nobody can tell whose memory it was if there are several. */
  get lastVerdict(): 'memory_limit' | 'crowded' {
    this.#end ??= this.users > 1 || this.disposed ? 'crowded' : 'memory_limit'
    return this.#end
  }

  dispose(): void {
    if (this.users > 1 && !this.isDisposed) this.#end ??= 'crowded'
    this.disposed = true
    if (!this.isolate.isDisposed) this.isolate.dispose()
  }
}
