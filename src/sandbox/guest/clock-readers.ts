import type { GuestClock } from './clock.ts'
import type { Primordials } from './primordials.ts'

/** Lets whatever else reads the clock, `Temporal.Now` and formats without a date, read ours. */
export function shiftClockReaders(p: Primordials, clock: GuestClock): void {
  const { define, now, isShifted } = clock
  const Now = Temporal.Now as unknown as Record<string, (zone?: unknown) => unknown>

  function replace(name: string, shifted: (zone: string) => unknown): void {
    const original = Now[name] as (zone?: unknown) => unknown
    const method = {
      [name]: (zone: unknown = 'UTC') => (isShifted() ? shifted(zone as string) : original(zone)),
    }
    define(Now, name, method[name])
  }

  const instantAt = Temporal.Instant.fromEpochMilliseconds
  const zoned = p.uncurry(Temporal.Instant.prototype.toZonedDateTimeISO)
  const { prototype: methods } = Temporal.ZonedDateTime
  const dateTime = p.uncurry(methods.toPlainDateTime)
  const date = p.uncurry(methods.toPlainDate)
  const time = p.uncurry(methods.toPlainTime)
  const nowIn = (zone: string) => zoned(instantAt(now()), zone)
  replace('instant', () => instantAt(now()))
  replace('zonedDateTimeISO', nowIn)
  replace('plainDateTimeISO', (zone) => dateTime(nowIn(zone)))
  replace('plainDateISO', (zone) => date(nowIn(zone)))
  replace('plainTimeISO', (zone) => time(nowIn(zone)))

  const { prototype } = Intl.DateTimeFormat
  const toParts = p.uncurry(prototype.formatToParts)
  const format = p.getOwnPropertyDescriptor(prototype, 'format')?.get as () => (date: unknown) => string
  const kept = new WeakMap<object, (date: unknown) => string>()
  const replaced = {
    formatToParts(this: Intl.DateTimeFormat, date?: Date) {
      return toParts(this, date === undefined ? now() : date)
    },
    // The same function each time it is asked for, as it was.
    get format() {
      const real = p.apply(format, this, [])
      if (!isShifted()) return real
      const known = p.weakMapGet(kept, this) as typeof real | undefined
      if (known) return known
      const shifted = (date: unknown) => real(date === undefined ? now() : date)
      p.weakMapSet(kept, this, shifted)
      return shifted
    },
  }
  define(prototype, 'formatToParts', replaced.formatToParts)
  const get = p.getOwnPropertyDescriptor(replaced, 'format')?.get as () => unknown
  p.defineProperty(prototype, 'format', { get, enumerable: false, configurable: true })
}
