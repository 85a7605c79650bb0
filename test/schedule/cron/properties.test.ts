import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { createCron, nextRuns } from '../../../src/schedule/cron/next-runs.ts'
import { dueBetween, type OracleFields } from './slow-oracle.ts'

/** Zones and the day before one of their changes: an hour, half an hour, two, at midnight, a whole day. */
const changes = [
  ['Europe/Berlin', '2026-03-28T12:00Z'],
  ['Europe/Berlin', '2026-10-24T12:00Z'],
  ['America/New_York', '2026-03-07T12:00Z'],
  ['America/New_York', '2026-10-31T12:00Z'],
  ['Australia/Lord_Howe', '2025-10-04T06:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T06:00Z'],
  ['America/Sao_Paulo', '2018-11-03T12:00Z'],
  ['America/Sao_Paulo', '2018-02-17T12:00Z'],
  ['Africa/Cairo', '2025-04-24T06:00Z'],
  ['Africa/Cairo', '2025-10-30T06:00Z'],
  ['Africa/Casablanca', '2026-02-14T12:00Z'],
  ['Africa/Casablanca', '2026-03-21T12:00Z'],
  ['Antarctica/Troll', '2026-03-28T12:00Z'],
  ['Antarctica/Troll', '2026-10-24T12:00Z'],
  ['Pacific/Apia', '2011-12-29T12:00Z'],
  ['Asia/Kolkata', '2026-02-27T12:00Z'],
  ['UTC', '2024-02-28T12:00Z'],
  ['UTC', '2026-12-30T12:00Z'],
] as const

function field(min: number, max: number): fc.Arbitrary<string> {
  const value = fc.integer({ min, max })
  const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`)
  const step = fc.integer({ min: 1, max: max - min + 1 })
  return fc.oneof(
    fc.constant('*'),
    step.map((every) => `*/${every}`),
    fc.uniqueArray(value, { minLength: 1, maxLength: 4 }).map((list) => list.join(',')),
    range,
    fc.tuple(range, step).map(([span, every]) => `${span}/${every}`),
  )
}

const anyFields: fc.Arbitrary<OracleFields> = fc.record({
  minutes: field(0, 59),
  hours: fc.oneof(field(0, 23), field(0, 4)),
  days: fc.oneof({ weight: 3, arbitrary: fc.constant('*') }, { weight: 1, arbitrary: field(1, 28) }),
  months: fc.oneof({ weight: 3, arbitrary: fc.constant('*') }, { weight: 1, arbitrary: field(1, 12) }),
  weekdays: fc.oneof({ weight: 3, arbitrary: fc.constant('*') }, { weight: 1, arbitrary: field(0, 6) }),
})

const written = (fields: OracleFields) =>
  `${fields.minutes} ${fields.hours} ${fields.days} ${fields.months} ${fields.weekdays}`

describe('the next runs of any expression', () => {
  test.each(changes)('are those of a clock watched minute by minute: %s from %s', (zone, from) => {
    const after = Temporal.Instant.from(from)
    const until = after.add({ hours: 60 })
    fc.assert(
      fc.property(anyFields, fc.integer({ min: 0, max: 12 * 60 }), (fields, shift) => {
        const start = after.add({ minutes: shift })
        const expected = dueBetween(fields, zone, start.epochMilliseconds, until.epochMilliseconds)
        const found = nextRuns(createCron(written(fields), zone), start, expected.length + 1)
        const times = found.map(({ at }) => at.epochMilliseconds)
        expect(times.filter((at) => at <= until.epochMilliseconds)).toEqual(expected)
      }),
      { numRuns: 12 },
    )
  })

  test('rise strictly, come after the given moment, and come to an end', () => {
    const moment = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2090, 0) })
    const zones = fc.constantFrom(...new Set(changes.map(([zone]) => zone)))
    fc.assert(
      fc.property(anyFields, zones, moment, (fields, zone, at) => {
        const after = Temporal.Instant.fromEpochMilliseconds(at)
        const times = nextRuns(createCron(written(fields), zone), after, 5).map(
          ({ at: due }) => due.epochMilliseconds,
        )
        expect(times).toEqual([...new Set(times)].sort((one, other) => one - other))
        expect(times[0] ?? 0).toBeGreaterThan(at)
        expect(times.every((due) => due % 60_000 === 0)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
