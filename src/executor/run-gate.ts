import { createRunLengths } from './run-lengths.ts'

/** Lets claimed executions into the run slots of this node. */
export interface RunGate {
  /** Runs that are in a slot. */
  readonly running: number
  /** Those that wait for one. */
  readonly waiting: number
  /** Slots that are free. */
  free(): number
  /**
   * Resolves with a slot when there is one for a run of the tenant; with undefined when there was none for too
   * long, when `signal` fires, or when the gate has been closed.
   */
  enter(tenantId: string, signal: AbortSignal): Promise<RunSlot | undefined>
  /** Lets nobody in any more. */
  close(): void
}

/** The right to run, until it is left. */
export interface RunSlot {
  /** @param ms what the script took, where it ran */
  leave(ms?: number): void
}

export interface RunGateOptions {
  slots: number
  /** The most that one tenant runs in. */
  mostPerTenant: number
  /** Sandbox hosts that share them. */
  hosts: number
  /** Runs that would start now. */
  capacity(): number
  /** How long one waits at most: another node may have a slot for it. */
  waitMs?: number
}

/** What is claimed ahead waits for 50 ms by its pace; this much more, and the pace was not what it seemed. */
const usualWaitMs = 250
/**
 * Runs that a host begins together; others follow as these end, or turn out not to be short. A few short ones
 * keep its processor busy, and an isolate that runs often is faster by half than many that take turns.
 */
const together = 3

interface Waiting {
  since: number
  settle(slot: RunSlot | undefined): void
}

/** Of those that wait, the oldest of the tenant with the fewest runs is next. */
export function createRunGate(options: RunGateOptions): RunGate {
  return new FairGate(options)
}

class FairGate implements RunGate {
  running = 0
  waiting = 0
  readonly #options: RunGateOptions
  readonly #waitMs: number
  readonly #runs = new Map<string, number>()
  readonly #queues = new Map<string, Set<Waiting>>()
  readonly #lengths = createRunLengths()
  /** Runs that may be short, and until when they may. */
  readonly #fresh = new Map<RunSlot, number>()
  #closed = false
  #watch: NodeJS.Timeout | undefined
  #aging: NodeJS.Timeout | undefined

  constructor(options: RunGateOptions) {
    this.#options = options
    this.#waitMs = options.waitMs ?? usualWaitMs
  }

  free(): number {
    const { slots, capacity } = this.#options
    return Math.max(0, Math.min(slots - this.running, capacity()))
  }

  async enter(tenantId: string, signal: AbortSignal): Promise<RunSlot | undefined> {
    if (this.#closed || signal.aborted) return undefined
    const isOpen = (this.#runs.get(tenantId) ?? 0) < this.#options.mostPerTenant && this.#mayBegin() > 0
    return isOpen ? this.#take(tenantId) : await this.#wait(tenantId, signal)
  }

  close(): void {
    this.#closed = true
    this.#look()
  }

  #mayBegin(): number {
    const now = performance.now()
    for (const [slot, until] of this.#fresh) if (until <= now) this.#fresh.delete(slot)
    return Math.min(together * this.#options.hosts - this.#fresh.size, this.free())
  }

  #take(tenantId: string): RunSlot {
    const slot: RunSlot = { leave: (ms) => this.#leave(tenantId, slot, ms) }
    this.running += 1
    this.#runs.set(tenantId, (this.#runs.get(tenantId) ?? 0) + 1)
    const patience = this.#lengths.patienceMs(tenantId)
    if (patience > 0) this.#fresh.set(slot, performance.now() + patience)
    return slot
  }

  #leave(tenantId: string, slot: RunSlot, ms?: number): void {
    if (ms !== undefined) this.#lengths.note(tenantId, ms)
    this.running -= 1
    this.#fresh.delete(slot)
    const left = (this.#runs.get(tenantId) ?? 1) - 1
    if (left > 0) this.#runs.set(tenantId, left)
    else this.#runs.delete(tenantId)
    this.#letIn()
  }

  #wait(tenantId: string, signal: AbortSignal): Promise<RunSlot | undefined> {
    const { promise, resolve } = Promise.withResolvers<RunSlot | undefined>()
    const stopped = () => this.#remove(tenantId, entry) && resolve(undefined)
    const entry: Waiting = {
      since: performance.now(),
      settle(slot) {
        signal.removeEventListener('abort', stopped)
        resolve(slot)
      },
    }
    const queue = this.#queues.get(tenantId) ?? new Set()
    this.#queues.set(tenantId, queue.add(entry))
    this.waiting += 1
    signal.addEventListener('abort', stopped, { once: true })
    this.#watch ??= setInterval(() => this.#look(), this.#waitMs / 5)
    this.#letInLater()
    return promise
  }

  #remove(tenantId: string, entry: Waiting): boolean {
    const queue = this.#queues.get(tenantId)
    if (!queue?.delete(entry)) return false
    this.waiting -= 1
    if (queue.size === 0) this.#queues.delete(tenantId)
    return true
  }

  #nextTenant(): string | undefined {
    let next: string | undefined
    let fewest = this.#options.mostPerTenant
    for (const tenantId of this.#queues.keys()) {
      const runs = this.#runs.get(tenantId) ?? 0
      if (runs >= fewest) continue
      next = tenantId
      fewest = runs
    }
    return next
  }

  #letIn(): void {
    if (this.waiting === 0) return
    while (this.#mayBegin() > 0) {
      const tenantId = this.#nextTenant()
      const [entry] = (tenantId !== undefined && this.#queues.get(tenantId)) || []
      if (tenantId === undefined || entry === undefined) break
      this.#remove(tenantId, entry)
      entry.settle(this.#take(tenantId))
    }
    this.#letInLater()
  }

  /** When those that began last are known not to be short. */
  #letInLater(): void {
    if (this.#aging !== undefined || this.waiting === 0 || this.#fresh.size === 0) return
    const next = Math.max(1, Math.min(...this.#fresh.values()) - performance.now())
    this.#aging = setTimeout(() => {
      this.#aging = undefined
      this.#letIn()
    }, next)
  }

  /** Also for a slot that nobody has left: that of a sandbox host which is ready again. */
  #look(): void {
    this.#letIn()
    const late = this.#closed ? Number.POSITIVE_INFINITY : performance.now() - this.#waitMs
    for (const [tenantId, queue] of [...this.#queues]) {
      for (const entry of [...queue]) {
        if (entry.since < late && this.#remove(tenantId, entry)) entry.settle(undefined)
      }
    }
    if (this.waiting > 0) return
    clearInterval(this.#watch)
    this.#watch = undefined
  }
}
