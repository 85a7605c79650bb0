import type { Primordials } from './primordials.ts'

export type GuestClock = ReturnType<typeof createClock>

/** A clock that a repeated run can start where the first one did; it goes on from there at its own pace. */
export function createClock(p: Primordials) {
  /** Milliseconds added to the machine's clock; 0 but for a run that is repeated. */
  let shift = 0
  const now = () => p.now() + shift

  const Real = p.Date
  const text = p.uncurry(Real.prototype.toString)
  const Shifted = function (this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return text(new Real(now()))
    return p.construct(Real, args.length === 0 ? [now()] : args, new.target)
  }

  function define(target: object, name: string, value: unknown): void {
    p.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true })
  }
  p.defineProperty(Shifted, 'prototype', { value: Real.prototype, writable: false })
  p.defineProperty(Shifted, 'name', { value: 'Date' })
  p.defineProperty(Shifted, 'length', { value: 7 })
  define(Shifted, 'now', { now: () => now() }.now)
  define(Shifted, 'parse', Real.parse)
  define(Shifted, 'UTC', Real.UTC)
  define(Real.prototype, 'constructor', Shifted)
  define(globalThis, 'Date', Shifted)

  return {
    define,
    now,
    isShifted: () => shift !== 0,
    /** @param startedAt milliseconds since 1970, or 0 for the machine's own clock */
    begin: (startedAt: number) => {
      shift = startedAt === 0 ? 0 : startedAt - p.now()
    },
    /** @returns what sets the clock back to how it goes now */
    keep: () => {
      const kept = shift
      return () => {
        shift = kept
      }
    },
  }
}
