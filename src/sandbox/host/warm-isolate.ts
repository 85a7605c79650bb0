import ivm from 'isolated-vm'

import { guestFileName, guestSource } from '../guest/bootstrap.ts'
import { createRealm, type Realm } from './realm.ts'
import type { ScriptStore } from './scripts.ts'

const maxRuns = 1000
/** What a warm isolate may hold, garbage included; the node's watch allows for it. */
const maxIdleBytes = 32 * 1024 * 1024
const maxScripts = 20
const guest = guestSource()

/**
 * An isolate, and the realm made ready for its next run.
 *
 * It belongs to nobody until its first run and to that run's tenant for the rest of its life; it runs one
 * execution at a time; it is given up after `maxRuns` runs, when its heap has grown, or at the first sign
 * that it did not come to rest.
 */
export class WarmIsolate {
  readonly isolate: ivm.Isolate
  readonly memoryMb: number
  tenantId: string | undefined
  idleSince = 0
  disposed = false
  /** Of the last measurement. */
  bytes = 0
  #heapBytes = 0
  #runs = 0
  #guest: Promise<ivm.Script>
  #realm: Promise<Realm>
  readonly #scripts = new Map<string, ivm.Script>()
  readonly #store: ScriptStore

  constructor(memoryMb: number, store: ScriptStore, onCatastrophe: (isolate: WarmIsolate) => void) {
    this.memoryMb = memoryMb
    this.#store = store
    this.isolate = new ivm.Isolate({
      memoryLimit: memoryMb,
      onCatastrophicError: () => onCatastrophe(this),
    })
    this.#guest = this.isolate.compileScript(guest, { filename: guestFileName })
    this.#realm = this.#nextRealm()
  }

  #nextRealm(): Promise<Realm> {
    const realm = this.#guest.then((script) => createRealm(this.isolate, script))
    // Awaited by the next run only, which may never come.
    realm.catch(() => undefined)
    return realm
  }

  takeRealm(): Promise<Realm> {
    this.#runs += 1
    return this.#realm
  }

  async compile(key: string): Promise<ivm.Script> {
    const known = this.#scripts.get(key)
    if (known) return known
    const script = await this.#store.compile(this.isolate, key)
    this.#scripts.set(key, script)
    for (const [oldest, old] of this.#scripts) {
      if (this.#scripts.size <= maxScripts) break
      this.#scripts.delete(oldest)
      old.release()
    }
    return script
  }

  /** Bytes of heap and buffers. Waits for the isolate's thread, so an answer also means: it is at rest. */
  async measure(): Promise<number> {
    const heap = await this.isolate.getHeapStatistics()
    this.bytes = heap.used_heap_size + heap.malloced_memory + heap.externally_allocated_size
    this.#heapBytes = heap.total_physical_size + heap.externally_allocated_size
    return this.bytes
  }

  /** Readies the isolate for the next run; false when it should be given up instead. */
  renew(): boolean {
    if (this.isDisposed || this.#runs >= maxRuns) return false
    if (this.#heapBytes > maxIdleBytes) return false
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
