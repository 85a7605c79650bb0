import cronstrue from 'cronstrue'

import type { Cron, CronRun } from './next-runs.ts'

/** A cron expression in plain English, such as `At 02:00, Monday through Friday, by the clock of Europe/Berlin`. */
export function describeCron({ fields, zone }: Cron): string {
  const words = cronstrue.toString(fields.expression, { use24HourTimeFormat: true, verbose: true })
  return `${words}, by the clock of ${zone}`
}

/** What a change of the clock does to a run, as a sentence; undefined where the clock does not change. */
export function describeClockChange(run: CronRun, zone: string): string | undefined {
  const shown = run.at.toZonedDateTimeISO(zone).toPlainTime().toString({ smallestUnit: 'minute' })
  if (run.clockChange === 'moved')
    return `the clock steps over the time it names; it runs when the step ends, at ${shown}`
  if (run.clockChange === 'first_of_two')
    return `${shown} comes twice on this day; it runs the first time only`
  if (run.clockChange === 'repeated') return `${shown} comes for the second time on this day`
  return undefined
}
