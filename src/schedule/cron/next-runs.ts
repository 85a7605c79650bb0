import { InvalidInputError } from '../../errors.ts'
import { nextWallMinute, type WallMinute } from './next-wall-minute.ts'
import { type CronFields, parseCron } from './parse-cron.ts'
import { checkTimeZone } from './time-zone.ts'

/*
 * When a cron expression is due, in a zone whose clock changes. The rules, which are docs/schedules.md:
 *
 * 1. A job of fixed times (no `*` in minute and hour) is due once for each time that it names. A time that the clock
 *    steps over is due at the first moment after the step; a time that comes twice is due the first time.
 * 2. A job with a `*` in the minute or the hour is due whenever the wall shows what it names: not at a time that the
 *    clock steps over, and both times at one that comes twice.
 * 3. Two times that are due at one moment are one run.
 *
 * The fields are matched on the wall (nextWallMinute), and a minute on the wall becomes a moment here: the one place
 * that knows of changes, with Temporal's own data and no arithmetic of hours.
 */

/** One due time, with what a reader must know of it. */
export interface CronRun {
  at: Temporal.Instant
  /**
   * `moved`: the time on the wall did not exist on that day; this is the first moment after it. `first_of_two`: that
   * time comes again, and the job is not due then. `repeated`: an interval job, due the second time too.
   */
  clockChange?: 'moved' | 'first_of_two' | 'repeated'
}

export interface Cron {
  fields: CronFields
  zone: string
}

/**
 * @throws {InvalidInputError} `invalid_cron` (also for one that is never due, such as `0 0 31 2 *`), `invalid_time_zone`
 */
export function createCron(expression: string, zone = 'UTC'): Cron {
  const cron = { fields: parseCron(expression), zone: checkTimeZone(zone) }
  if (nextWallMinute(cron.fields, 0) === undefined)
    throw new InvalidInputError('The cron expression cannot be used: no day is ever what it names.', {
      code: 'invalid_cron',
      field: 'cron',
    })
  return cron
}

/** The first due time after a moment; undefined beyond the end of time as Temporal has it. */
export function nextRun({ fields, zone }: Cron, after: Temporal.Instant): CronRun | undefined {
  try {
    return fields.isInterval ? nextOfInterval(fields, zone, after) : nextOfFixed(fields, zone, after)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** At most `count` due times after a moment, rising. */
export function nextRuns(cron: Cron, after: Temporal.Instant, count: number): CronRun[] {
  const runs: CronRun[] = []
  for (let run = nextRun(cron, after); run && runs.length < count; run = nextRun(cron, run.at)) runs.push(run)
  return runs
}

function nextOfFixed(fields: CronFields, zone: string, after: Temporal.Instant): CronRun | undefined {
  // From a time on the wall to its moment order is kept, so nothing before this minute can still be due.
  let wall = nextWallMinute(fields, wallMinuteOf(after.toZonedDateTimeISO(zone)))
  while (wall !== undefined) {
    const run = momentOf(wall, zone)
    if (Temporal.Instant.compare(run.at, after) > 0) return run
    wall = nextWallMinute(fields, wall + 1)
  }
  return undefined
}

/** When a clock on this wall shows that minute; for one it steps over, the end of the step. */
function momentOf(wall: WallMinute, zone: string): CronRun {
  const shown = dateTimeOf(wall)
  const earlier = shown.toZonedDateTime(zone, { disambiguation: 'earlier' })
  const later = shown.toZonedDateTime(zone, { disambiguation: 'later' })
  if (earlier.epochNanoseconds === later.epochNanoseconds) return { at: earlier.toInstant() }
  if (earlier.toPlainDateTime().equals(shown)) return { at: earlier.toInstant(), clockChange: 'first_of_two' }
  // Both are beside the step: the change of the clock lies between them.
  const change = earlier.getTimeZoneTransition('next') ?? later
  return { at: change.toInstant(), clockChange: 'moved' }
}

function nextOfInterval(fields: CronFields, zone: string, after: Temporal.Instant): CronRun | undefined {
  let from = after.round({ smallestUnit: 'second', roundingMode: 'floor' }).toZonedDateTimeISO(zone)
  let isAfter = true
  for (;;) {
    const change = from.getTimeZoneTransition('next')
    const start = wallMinuteOf(from)
    // At the very moment of a change the job may be due; at `after` itself it may not.
    const wall = nextWallMinute(fields, isAfter || from.second > 0 ? start + 1 : start)
    if (wall === undefined) return undefined
    const at = from
      .toInstant()
      .add({ seconds: (wall - start) * 60 - from.second })
      .round('second')
    if (!change || Temporal.Instant.compare(at, change.toInstant()) < 0) return withRepetition(at, zone)
    from = change
    isAfter = false
  }
}

function withRepetition(at: Temporal.Instant, zone: string): CronRun {
  const shown = at.toZonedDateTimeISO(zone).toPlainDateTime()
  const first = shown.toZonedDateTime(zone, { disambiguation: 'earlier' })
  return first.epochNanoseconds === at.epochNanoseconds ? { at } : { at, clockChange: 'repeated' }
}

function wallMinuteOf({ year, month, day, hour, minute }: Temporal.ZonedDateTime): WallMinute {
  const midnight = new Date(0).setUTCFullYear(year, month - 1, day)
  return midnight / 60_000 + hour * 60 + minute
}

function dateTimeOf(wall: WallMinute): Temporal.PlainDateTime {
  const date = new Date(wall * 60_000)
  return new Temporal.PlainDateTime(
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
  )
}
