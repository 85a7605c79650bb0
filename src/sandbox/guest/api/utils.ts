import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** `utils`: what scripts need every day and ECMAScript lacks. */
export function createUtils(p: Primordials, library: Library) {
  const utf8 = library.load('utf8')
  const { isBinary, view } = library.load('bytes')
  const csv = library.load('csv')

  function bytesOf(data: unknown): Uint8Array {
    return isBinary(data) ? view(data) : utf8.encode(`${data}`)
  }

  function slug(text: unknown, { separator = '-', maxLength = 100 } = {}): string {
    const plain = `${text}`
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .toLowerCase()
      .replace(/ß/g, 'ss')
      .replace(/[’']/g, '')
    const words = plain.match(/[\p{L}\p{N}]+/gu) ?? []
    let made = ''
    for (const word of words) {
      const next = made === '' ? word : `${made}${separator}${word}`
      if (next.length > maxLength) return made === '' ? next.slice(0, maxLength) : made
      made = next
    }
    return made
  }

  const lengths = { milliseconds: 1, seconds: 1000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 }
  type Amounts = Partial<Record<keyof typeof lengths | 'weeks' | 'months' | 'years', number>>

  function instantOf(given: unknown): Date {
    const date = given instanceof Date ? new Date(given) : new Date(given as string | number)
    if (Number.isNaN(date.getTime())) throw new RangeError(`utils.dates: '${given}' is not a date.`)
    return date
  }

  /** In a time zone, so that a day is a day there when the clocks change. */
  function zoned(given: unknown, zone: string): Temporal.ZonedDateTime {
    return Temporal.Instant.fromEpochMilliseconds(instantOf(given).getTime()).toZonedDateTimeISO(zone)
  }
  const dateOf = (moment: Temporal.ZonedDateTime) => new Date(moment.epochMilliseconds)

  type Unit = 'year' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second'
  function startOf(given: unknown, unit: Unit, zone = 'UTC'): Date {
    const moment = zoned(given, zone)
    if (unit === 'week')
      return dateOf(
        moment
          .startOfDay()
          .subtract({ days: moment.dayOfWeek - 1 })
          .startOfDay(),
      )
    if (unit === 'year') return dateOf(moment.with({ month: 1, day: 1 }).startOfDay())
    if (unit === 'month') return dateOf(moment.with({ day: 1 }).startOfDay())
    if (unit === 'day') return dateOf(moment.startOfDay())
    return dateOf(moment.round({ smallestUnit: unit, roundingMode: 'floor' }))
  }

  const dates = {
    add: (date: unknown, amounts: Amounts, zone = 'UTC') => dateOf(zoned(date, zone).add(amounts)),
    startOf,
    /** From the first to the second, with its fraction. */
    difference: (from: unknown, to: unknown, unit: keyof typeof lengths = 'milliseconds') =>
      (instantOf(to).getTime() - instantOf(from).getTime()) / lengths[unit],
    format: (date: unknown, options: Intl.DateTimeFormatOptions = {}, locale = 'en-US') =>
      new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options }).format(instantOf(date)),
    /** `2026-03-29`, in a time zone. */
    isoDate: (date: unknown, zone = 'UTC') => zoned(date, zone).toPlainDate().toString(),
  }

  const base64 = {
    encode: (data: unknown) => bytesOf(data).toBase64(),
    decode: (text: unknown) => utf8.decodeAll(Uint8Array.fromBase64(`${text}`)),
    encodeUrl: (data: unknown) => bytesOf(data).toBase64({ alphabet: 'base64url', omitPadding: true }),
    decodeUrl: (text: unknown) => utf8.decodeAll(Uint8Array.fromBase64(`${text}`, { alphabet: 'base64url' })),
    toBytes: (text: unknown): Uint8Array => Uint8Array.fromBase64(`${text}`),
  }

  return {
    utils: p.freeze({
      dates: p.freeze(dates),
      csv: p.freeze({ parse: csv.parse, format: csv.format }),
      base64: p.freeze(base64),
      slug,
    }),
  }
}
