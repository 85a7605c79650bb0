/**
 * A cron of its own that tests compare with: it goes from minute to minute of real time, looks at the zone's wall, and
 * knows nothing of searching. Fields are read by itself, from the few forms that the tests make.
 */
export interface OracleFields {
  minutes: string
  hours: string
  days: string
  months: string
  weekdays: string
}

function values(field: string, min: number, max: number): Set<number> {
  const found = new Set<number>()
  for (const item of field.split(',')) {
    const [range = '', step = '1'] = item.split('/')
    const [from, to] = range === '*' ? [min, max] : range.split('-').map(Number)
    const last = to ?? (item.includes('/') ? max : from)
    for (let value = from ?? 0; value <= (last ?? 0); value += Number(step)) found.add(value)
  }
  return found
}

interface Wall {
  /** Milliseconds of the wall's date and time, as if it were UTC. */
  shown: number
  minute: number
  hour: number
  day: number
  month: number
  weekday: number
}

function wallAt(at: number, zone: string): Wall {
  const { year, month, day, hour, minute, dayOfWeek } =
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  return {
    shown: Date.UTC(year, month - 1, day, hour, minute),
    minute,
    hour,
    day,
    month,
    weekday: dayOfWeek % 7,
  }
}

const wallOf = (shown: number): Wall => ({ ...wallAt(shown, 'UTC'), shown })

/** Every due moment between two others (the first not, the last included), in milliseconds. */
export function dueBetween(fields: OracleFields, zone: string, after: number, until: number): number[] {
  const [minutes, hours] = [values(fields.minutes, 0, 59), values(fields.hours, 0, 23)]
  const [days, months] = [values(fields.days, 1, 31), values(fields.months, 1, 12)]
  const weekdays = new Set([...values(fields.weekdays, 0, 7)].map((value) => value % 7))
  const isEither = !fields.days.includes('*') && !fields.weekdays.includes('*')
  const isInterval = fields.minutes.startsWith('*') || fields.hours.startsWith('*')
  const names = (wall: Wall) => {
    const byDay = days.has(wall.day)
    const byWeekday = weekdays.has(wall.weekday)
    const isDay = isEither ? byDay || byWeekday : byDay && byWeekday
    return minutes.has(wall.minute) && hours.has(wall.hour) && months.has(wall.month) && isDay
  }
  const due: number[] = []
  // Two days before, so that what the wall has shown already is known.
  let newest = Number.NEGATIVE_INFINITY
  for (let at = Math.ceil(after / 60_000) * 60_000 - 2 * 86_400_000; at <= until; at += 60_000) {
    const wall = wallAt(at, zone)
    let isDue = names(wall) && (isInterval || wall.shown > newest)
    if (!isInterval && Number.isFinite(newest)) {
      for (let skipped = newest + 60_000; skipped < wall.shown; skipped += 60_000)
        if (names(wallOf(skipped))) isDue = true
    }
    newest = Math.max(newest, wall.shown)
    if (isDue && at > after) due.push(at)
  }
  return due
}
