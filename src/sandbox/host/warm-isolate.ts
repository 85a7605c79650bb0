import ivm from 'isolated-vm'

import { guestFileName, guestSource } from '../guest/bootstrap.ts'
import type { SandboxIsolation } from '../types.ts'
import { createRealm, type Realm } from './realm.ts'
import type { ScriptStore } from './scripts.ts'

/** After so many runs an isolate is given up, however well it looks. */
const maxRuns: Record<SandboxIsolation, number> = { realm: 10_000, context: 1000, isolate: 1 }
/** What a warm isolate may hold, garbage included, and half its limit at most; the node's watch allows for it. */
const maxIdleMb = 32
const maxScripts = 20
const shortMs = 2
const maxUnmeasured = 16
const sharedGuest = guestSource(true)
const ownGuest = guestSource(false)

export interface WarmIsolateOptions {
  memoryMb: number
  isolation: SandboxIsolation
  store: ScriptStore
  onCatastrophe(isolate: WarmIsolate): void
}

/**
 * An isolate, and the realm made ready for its next run: the same one again where executions share it,
 * else a new context each time (0.6 to 0.8 ms), made ahead while the isolate is idle.
 *
 * It belongs to nobody until its first run and to that run's tenant for the rest of its life; it runs one
 * execution at a time; it is given up after `maxRuns` runs, when its heap has grown, or at the first sign
 * that it did not come to rest.
 */
export class WarmIsolate {
  readonly isolate: ivm.Isolate
  readonly memoryMb: number
  readonly isolation: SandboxIsolation
  tenantId: string | undefined
  idleSince = 0
  disposed = false
  #heapBytes = 0
  #bytes = 0
  #unmeasured = 0
  #runs = 0
  #guest: Promise<ivm.Script>
  #realm: Promise<Realm>
  /** The least recently used first. */
  readonly #scripts = new Map<string, ivm.Script>()
  readonly #store: ScriptStore
  /** What the realm has been given of them. */
  #defined = new Set<string>()

  constructor({ memoryMb, isolation, store, onCatastrophe }: WarmIsolateOptions) {
    this.memoryMb = memoryMb
    this.isolation = isolation
    this.#store = store
    this.isolate = new ivm.Isolate({
      memoryLimit: memoryMb,
      onCatastrophicError: () => onCatastrophe(this),
    })
    const guest = isolation === 'realm' ? sharedGuest : ownGuest
    this.#guest = this.isolate.compileScript(guest, { filename: guestFileName })
    this.#realm = this.#nextRealm()
  }

  #nextRealm(): Promise<Realm> {
    const realm = this.#guest.then((script) => createRealm(this.isolate, script))
    // Awaited by the next run only, which may never come.
    realm.catch(() => undefined)
    return realm
  }

  /** The realm for a run, with the script of this key in it. */
  async take(key: string): Promise<Realm> {
    this.#runs += 1
    if (this.#defined.has(key)) {
      this.#touch(key)
      return await this.#realm
    }
    const [realm, body] = await Promise.all([this.#realm, this.#compile(key)])
    await realm.define(key, body)
    this.#defined.add(key)
    this.#evict(realm)
    return realm
  }

  async #compile(key: string): Promise<ivm.Script> {
    const script = this.#scripts.get(key) ?? (await this.#store.compile(this.isolate, key))
    this.#scripts.set(key, script)
    this.#touch(key)
    return script
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

  /**
   * Bytes of heap and buffers. Only while the isolate is at rest: else the host would wait for its thread.
   * After runs too short to have changed much it is the last measurement that is given, for a new one
   * would be a fifth of all the host does for such a run.
   */
  measureAtRest(durationMs: number): number {
    this.#unmeasured += 1
    if (this.#bytes > 0 && durationMs < shortMs && this.#unmeasured < maxUnmeasured) return this.#bytes
    return this.#weigh(this.isolate.getHeapStatisticsSync())
  }

  /** The same while it runs; an answer comes when its thread gets to it. */
  async measure(): Promise<number> {
    return this.#weigh(await this.isolate.getHeapStatistics())
  }

  #weigh(heap: ivm.HeapStatistics): number {
    this.#unmeasured = 0
    this.#heapBytes = heap.total_physical_size + heap.externally_allocated_size
    this.#bytes = heap.used_heap_size + heap.malloced_memory + heap.externally_allocated_size
    return this.#bytes
  }

  /** Readies the isolate for the next run; false when it should be given up instead. */
  renew(): boolean {
    if (this.isDisposed || this.#runs >= maxRuns[this.isolation]) return false
    if (this.#heapBytes > Math.min(maxIdleMb, this.memoryMb / 2) * 1024 * 1024) return false
    if (this.isolation === 'realm') return true
    void this.#realm.then((realm) => realm.release())
    this.#defined = new Set()
    this.#realm = this.#nextRealm()
    return true
  }

  /** True as well when the library gave the isolate up, which is what it does at the memory limit. */
  get isDisposed(): boolean {
    return this.disposed || this.isolate.isDisposed
  }

  cpuMs(): number {
    return this.isDisposed ? 0 : Number(this.isolate.cpuTime) / 1e6
  }

  dispose(): void {
    this.disposed = true
    if (!this.isolate.isDisposed) this.isolate.dispose()
  }
}
