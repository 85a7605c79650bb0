import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** A clock of whole milliseconds since the execution began: finer ones measure other people's caches. */
export function createPerformance(p: Primordials, library: Library) {
  class Performance {
    now(): number {
      return p.max(0, p.now() - library.live().startedAt)
    }
    get timeOrigin(): number {
      // By the clock that the script sees, which a repeated run starts earlier.
      return Date.now() - this.now()
    }
    toJSON(): object {
      return { timeOrigin: this.timeOrigin }
    }
  }
  return { performance: new Performance() }
}
