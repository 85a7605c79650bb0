import type { CronFields } from './parse-cron.ts'

/** Minutes since 1970-01-01T00:00 on the wall: of a clock that never changes. */
export type WallMinute = number

const minutesPerDay = 1440
/** The Gregorian calendar repeats after 400 years: what is not due within them never is. */
const longestSearch = 400 * 366

/** The first minute on the wall, at or after the given one, that the expression names; undefined where there is none. */
export function nextWallMinute(fields: CronFields, from: WallMinute): WallMinute | undefined {
  const firstDay = Math.floor(from / minutesPerDay)
  const minute = from - firstDay * minutesPerDay
  const onFirstDay = fields.times.find((time) => time >= minute)
  if (onFirstDay !== undefined && isDue(fields, firstDay)) return firstDay * minutesPerDay + onFirstDay
  for (let day = firstDay + 1; day < firstDay + longestSearch; day += 1) {
    const date = dateOf(day)
    if (!fields.months.has(date.month)) day += date.daysInMonth - date.day
    else if (isDue(fields, day)) return day * minutesPerDay + (fields.times[0] ?? 0)
  }
  return undefined
}

interface CalendarDay {
  month: number
  day: number
  weekday: number
  daysInMonth: number
}

function dateOf(day: number): CalendarDay {
  const date = new Date(day * 86_400_000)
  const month = date.getUTCMonth()
  return {
    month: month + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    daysInMonth: new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate(),
  }
}

function isDue(fields: CronFields, day: number): boolean {
  const date = dateOf(day)
  if (!fields.months.has(date.month)) return false
  const isDay = fields.days.has(date.day) || (fields.includesLastDay && date.day === date.daysInMonth)
  const isWeekday =
    fields.weekdays.has(date.weekday) || fields.weekdaysOfMonth.some((one) => isThatWeekday(one, date))
  return fields.isEitherDay ? isDay || isWeekday : isDay && isWeekday
}

function isThatWeekday(one: CronFields['weekdaysOfMonth'][number], date: CalendarDay): boolean {
  if (one.weekday !== date.weekday) return false
  return one.which === 'last' ? date.day + 7 > date.daysInMonth : Math.ceil(date.day / 7) === one.which
}
