/**
 * A clock of processor time, for entries that have not come back: while one runs, the library tells its wall
 * time, which on a busy machine is many times as much. What the process as a whole has used, divided among
 * the isolates that run, is close; once an entry is back, the library's own figure is exact.
 */
export class BusyClock {
  #readMs = 0
  #at = performance.now()
  #used = usedMs()

  /** To be called every few milliseconds while something runs. */
  tick(running: number): void {
    const now = performance.now()
    const used = usedMs()
    this.#readMs += Math.min(now - this.#at, (used - this.#used) / Math.max(1, running))
    this.#at = now
    this.#used = used
  }

  now(): number {
    return this.#readMs
  }
}

function usedMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/**
 * Who holds an isolate's thread. Entries are served in the order in which they are made, so the oldest that
 * has not come back is the one that runs, and the processor time that passes meanwhile is its owner's. Exact
 * where an isolate runs one execution at a time; among those that share one, to some milliseconds.
 */
export class Turns<Owner extends object> {
  readonly #clock: BusyClock
  readonly #cpuMs: () => number
  readonly #waiting: Owner[] = []
  readonly #spent = new WeakMap<Owner, number>()
  #beganAt = 0
  #cpuAtBegin = 0

  /** @param cpuMs what the isolate's thread has used so far */
  constructor(clock: BusyClock, cpuMs: () => number) {
    this.#clock = clock
    this.#cpuMs = cpuMs
  }

  get holder(): Owner | undefined {
    return this.#waiting[0]
  }

  enter(owner: Owner): void {
    this.#waiting.push(owner)
    if (this.#waiting.length === 1) this.#begin()
  }

  leave(owner: Owner): void {
    const index = this.#waiting.indexOf(owner)
    if (index < 0) return
    if (index === 0) this.#spend(owner)
    this.#waiting.splice(index, 1)
    if (index === 0) this.#begin()
  }

  /** Milliseconds of processor time. */
  spentBy(owner: Owner): number {
    const before = this.#spent.get(owner) ?? 0
    return this.holder === owner ? before + this.#clock.now() - this.#beganAt : before
  }

  #begin(): void {
    this.#beganAt = this.#clock.now()
    this.#cpuAtBegin = this.#cpuMs()
  }

  #spend(owner: Owner): void {
    const exact = this.#cpuMs() - this.#cpuAtBegin
    // Not above zero when the isolate is disposed, or when the beginning was read while the thread was busy.
    const spent = exact > 0 ? exact : Math.max(shortestMs, this.#clock.now() - this.#beganAt)
    this.#spent.set(owner, (this.#spent.get(owner) ?? 0) + spent)
  }
}

/** What an entry takes at least. */
const shortestMs = 0.02
