import { CronExpressionParser } from 'cron-parser'

import { InvalidInputError } from '../../errors.ts'

/** Of one weekday of a month: `5#2` is its second Friday, `5L` its last one. */
export interface WeekdayOfMonth {
  weekday: number
  /** 1 to 5, or `last`. */
  which: number | 'last'
}

/** A cron expression, read. */
export interface CronFields {
  /** As it was given, white space put in order. */
  expression: string
  /** The minutes of a day on which it is due, rising: hour × 60 + minute. */
  times: readonly number[]
  /** 1 to 31. */
  days: ReadonlySet<number>
  includesLastDay: boolean
  /** 1 to 12. */
  months: ReadonlySet<number>
  /** 0 to 6, Sunday first. */
  weekdays: ReadonlySet<number>
  weekdaysOfMonth: readonly WeekdayOfMonth[]
  /** Both the day of the month and the weekday are restricted: either one will do, as in crontab(5). */
  isEitherDay: boolean
  /**
   * A `*` stands in the minute or the hour: the job repeats all day and follows the clock as it is. Any other is a
   * job of fixed times, which the clock's changes must neither drop nor double.
   */
  isInterval: boolean
}

const aliases: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

const fieldNames = ['minute', 'hour', 'day of the month', 'month', 'weekday'] as const

const ranges = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12 },
  { min: 0, max: 7 },
] as const

/** The longest expression that says anything has every value of every field in it, and is shorter. */
const longest = 512

/**
 * Reads a cron expression of five fields, or an alias such as `@daily`. The fields are cron-parser's to read; what
 * it lets pass and cron does not know (no field, four or six, `H`, `?`) is refused here.
 *
 * @throws {InvalidInputError} `invalid_cron`, naming the field, the reason and what to write.
 */
export function parseCron(text: string): CronFields {
  const given = text.trim().replace(/[ \t]+/g, ' ')
  if (given === '') throw refuse('it is empty. Write five fields, such as 0 2 * * * for every day at 02:00')
  if (given.length > longest) throw refuse(`it is longer than ${longest} characters`)
  const expression = given.startsWith('@') ? expand(given) : given
  const parts = expression.split(' ')
  if (parts.length !== 5) throw refuse(wrongCount(parts.length))
  const normalized = parts.map((part, index) => normalize(part, index))
  return { ...fieldsOf(normalized), expression: given }
}

function expand(alias: string): string {
  const expression = aliases[alias.toLowerCase()]
  if (expression) return expression
  throw refuse(`there is no alias ${quoted(alias)}. There are ${Object.keys(aliases).join(', ')}`)
}

function wrongCount(count: number): string {
  const fields = 'It has five: minute, hour, day of the month, month, weekday'
  if (count === 6)
    return `it has six fields, and seconds are not supported. ${fields}; leave the first one out`
  return `it has ${count} field${count === 1 ? '' : 's'}. ${fields}`
}

/** One field with what cron allows and cron-parser does not written as it likes it, the rest refused. */
function normalize(part: string, index: number): string {
  const name = fieldNames[index] ?? ''
  const allowed = [/^[\d*,/-]+$/, /^[\d*,/-]+$/, /^[\d*,/L-]+$/i, /^[\d*,/a-z-]+$/i, /^[\d*,/a-z#-]+$/i][
    index
  ]
  if (!allowed?.test(part)) throw refuse(unknownCharacter(part, name), name)
  const [least, most] = [ranges[index]?.min ?? 0, ranges[index]?.max ?? 0]
  for (const item of part.split(',')) {
    const step = /\/(.*)$/.exec(item)?.[1]
    if (step === undefined) continue
    if (!/^\d+$/.test(step) || Number(step) < 1 || Number(step) > most - least + 1)
      throw refuse(`${quoted(item)} has a step that is not from 1 to ${most - least + 1}`, name)
  }
  if (index === 2) return part.toUpperCase()
  // A week may be said to end with Sunday, as in mon-sun.
  return index === 4 ? part.replace(/(?<!\b(?:0|sun))-(sun|0)\b/gi, '-7').replace(/l\b/g, 'L') : part
}

function unknownCharacter(part: string, name: string): string {
  const hint = part.includes('?')
    ? 'Write * where any value will do'
    : /W/i.test(part) && name !== 'weekday'
      ? 'The nearest working day (W) is not supported'
      : /H/.test(part)
        ? 'A hashed value (H) is not supported: choose one'
        : 'It may hold numbers, names of months and weekdays, and the signs * , - / L #'
  return `${quoted(part)} is not understood. ${hint}`
}

function fieldsOf(parts: readonly string[]): Omit<CronFields, 'expression'> {
  const [minute = '', hour = '', day = '', , weekday = ''] = parts
  const { fields } = readFields(parts)
  const weekdayValues = fields.dayOfWeek.values as readonly (number | string)[]
  const nth = fields.dayOfWeek.nthDay
  const plain = weekdayValues.filter((value) => typeof value === 'number')
  const last = weekdayValues.filter((value) => typeof value === 'string')
  const hours = fields.hour.values as readonly number[]
  const minutes = fields.minute.values as readonly number[]
  return {
    times: hours.flatMap((at) => minutes.map((past) => at * 60 + past)),
    days: new Set((fields.dayOfMonth.values as readonly (number | string)[]).filter(isNumber)),
    includesLastDay: fields.dayOfMonth.hasLastChar,
    months: new Set(fields.month.values as readonly number[]),
    weekdays: new Set(nth ? [] : plain.map((value) => value % 7)),
    weekdaysOfMonth: [
      ...(nth ? plain.map((value): WeekdayOfMonth => ({ weekday: value % 7, which: nth })) : []),
      ...last.map((value): WeekdayOfMonth => ({ weekday: Number.parseInt(value, 10) % 7, which: 'last' })),
    ],
    isEitherDay: !day.includes('*') && !weekday.includes('*'),
    isInterval: /(^|,)\*/.test(minute) || /(^|,)\*/.test(hour),
  }
}

const isNumber = (value: number | string): value is number => typeof value === 'number'

/** cron-parser's reading; field by field first, so that an error can name the one at fault. */
function readFields(parts: readonly string[]) {
  parts.forEach((part, index) => {
    const alone = parts.map((_, at) => (at === index ? part : '*')).join(' ')
    const name = fieldNames[index] ?? ''
    try {
      CronExpressionParser.parse(alone)
    } catch (error) {
      throw refuse(`${quoted(part)} is not understood: ${reasonOf(error, index)}`, name)
    }
  })
  try {
    return CronExpressionParser.parse(parts.join(' '))
  } catch {
    // Each field by itself is well: together they name a day that no month of them has.
    throw refuse(`no month it names has a day ${parts[2]}`, 'day of the month')
  }
}

function reasonOf(error: unknown, index: number): string {
  const message = error instanceof Error ? error.message : ''
  const { min, max } = ranges[index] ?? ranges[0]
  if (/standalone L/.test(message)) return 'L needs a weekday before it, such as 5L for the last Friday'
  if (/duplicate values/.test(message)) return 'it names a value twice'
  if (/min\(/.test(message)) return 'a range runs from the smaller value to the larger one'
  if (/incompatible/.test(message))
    return '# goes with one weekday and nothing else, such as 1#2 for the second Monday'
  if (/occurrence number/.test(message)) return 'after # stands a number from 1 to 5'
  if (/alias/.test(message)) return 'names are those of months (jan) and weekdays (mon), three letters long'
  return `values are from ${min} to ${max}, as numbers, ranges (1-5), steps (*/5) and lists (1,3)`
}

const quoted = (text: string) => `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`

function refuse(reason: string, field?: string): InvalidInputError {
  const where = field === undefined ? 'The cron expression' : `The cron expression's ${field}`
  return new InvalidInputError(`${where} cannot be used: ${reason}.`, { code: 'invalid_cron', field: 'cron' })
}
