import { ConfigurationError } from '../errors.ts'
import { describeClockChange, describeCron } from '../schedule/cron/describe-cron.ts'
import { type Cron, type CronRun, createCron, nextRuns } from '../schedule/cron/next-runs.ts'
import { timeZoneDataVersion } from '../schedule/cron/time-zone.ts'
import { type Command, type CommandInput, type ExitCode, exitCodes, print } from './command.ts'
import { numberOption } from './number-option.ts'

export const cronCommand: Command = {
  name: 'cron',
  summary: 'Show when a cron expression is due, and what it means',
  usage: `next EXPRESSION [--tz ZONE] [--after ISO] [--count N]
       pgscript cron explain EXPRESSION [--tz ZONE] [--after ISO] [--count N]

Needs no database. \`next\` prints due times in UTC; \`explain\` says in words what the expression names, and shows
the next times on the zone's clock, with what its changes do to them.

  --tz ZONE     a name of the IANA time-zone database, UTC by default
  --after ISO   the moment after which to look, now by default, such as 2026-03-29T00:00:00Z
  --count N     how many times, 10 by default, 1000 at most`,
  options: { tz: { type: 'string' }, after: { type: 'string' }, count: { type: 'string' } },
  maxArguments: 2,
  async run(input) {
    const [verb, expression] = input.positionals
    if ((verb !== 'next' && verb !== 'explain') || expression === undefined)
      throw new ConfigurationError(
        'cron: write `pgscript cron next "0 2 * * *"`, or `explain` in place of `next`.',
      )
    const { values } = input
    const cron = createCron(expression, typeof values.tz === 'string' ? values.tz : 'UTC')
    const count = numberOption(values.count, '--count', 10, { min: 1, max: 1000, whole: true })
    const runs = nextRuns(cron, afterOption(values.after), count)
    return verb === 'next' ? printNext(input, runs) : printExplained(input, cron, runs)
  },
}

/** @throws {ConfigurationError} */
function afterOption(text: CommandInput['values'][string]): Temporal.Instant {
  if (typeof text !== 'string') return Temporal.Now.instant()
  try {
    return Temporal.Instant.from(text)
  } catch (error) {
    const message = `--after: "${text.slice(0, 60)}" is no moment. Write one with its zone, such as 2026-03-29T00:00:00Z.`
    throw new ConfigurationError(message, { cause: error })
  }
}

/** ISO 8601 in UTC, to the millisecond as JavaScript writes it. */
const isoOf = ({ at }: CronRun) => new Date(at.epochMilliseconds).toISOString()

function printNext({ json }: CommandInput, runs: CronRun[]): ExitCode {
  const times = runs.map(isoOf)
  print(json, { runs: times }, times)
  return exitCodes.ok
}

function printExplained({ json }: CommandInput, cron: Cron, runs: CronRun[]): ExitCode {
  const { zone, fields } = cron
  const shown = runs.map((run) => ({
    at: isoOf(run),
    local: run.at.toZonedDateTimeISO(zone).toString({ timeZoneName: 'never', smallestUnit: 'minute' }),
    clockChange: run.clockChange ?? null,
    note: describeClockChange(run, zone) ?? null,
  }))
  const words = describeCron(cron)
  const value = {
    expression: fields.expression,
    timezone: zone,
    words,
    timeZoneData: timeZoneDataVersion,
    runs: shown,
  }
  print(json, value, [
    words,
    ...shown.map(({ at, local, note }) => `${local}  ${at}${note ? `  ${note}` : ''}`),
  ])
  return exitCodes.ok
}
