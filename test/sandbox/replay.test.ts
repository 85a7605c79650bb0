import { describe, expect, test } from 'vitest'

import { isolations, job, useSandbox } from './jobs.ts'

describe.each(isolations)('a run that is repeated, with isolation %s', (isolation) => {
  const sandbox = useSandbox({ hosts: 1 })
  const draw = 'export default () => Array.from({ length: 5 }, Math.random)'

  test('draws the same random numbers from the seed of the first', async () => {
    const first = await sandbox.it.run(job(draw, { isolation }))
    const other = await sandbox.it.run(job(draw, { isolation }))
    const { seed = '' } = first.metrics
    const again = await sandbox.it.run(job(draw, { isolation, seed }))
    expect(seed).toMatch(/^[0-9a-f]{32}$/)
    expect(other.output).not.toBe(first.output)
    expect([again.output, again.metrics.seed]).toEqual([first.output, seed])
  })

  test('takes any text as a seed, and says what it made of it', async () => {
    const { metrics, output } = await sandbox.it.run(job(draw, { isolation, seed: 'a seed' }))
    const again = await sandbox.it.run(job(draw, { isolation, seed: metrics.seed ?? '' }))
    expect(again.output).toBe(output)
  })

  test('starts at the time it is given, whatever it is asked with, and time goes on', async () => {
    const startedAt = Date.UTC(1999, 11, 31, 23, 0)
    const source = `export default async () => {
      const seen = [Date.now(), +new Date(), Date.parse(Date()), Temporal.Now.instant().epochMilliseconds,
        Temporal.Now.zonedDateTimeISO('UTC').epochMilliseconds, +new (class extends Date {})()]
      const format = new Intl.DateTimeFormat('en', { year: 'numeric', timeZone: 'UTC' })
      const days = [String(Temporal.Now.plainDateISO('UTC')), String(Temporal.Now.plainDateISO('Asia/Tokyo')),
        format.format(), format.formatToParts()[0].value, format.format === format.format,
        Temporal.Now.plainDateTimeISO('UTC').hour, Temporal.Now.plainTimeISO('UTC').hour]
      await new Promise((resolve) => setTimeout(resolve, 50))
      return { seen, days, passed: Date.now() - seen[0] }
    }`
    const { output, metrics } = await sandbox.it.run(job(source, { isolation, startedAt }))
    const { seen, days, passed } = JSON.parse(output ?? '')
    expect(metrics.startedAt).toBe(startedAt)
    for (const moment of seen) expect(Math.abs(moment - startedAt)).toBeLessThan(5000)
    expect(days).toEqual(['1999-12-31', '2000-01-01', '1999', '1999', true, 23, 23])
    expect(passed).toBeGreaterThanOrEqual(45)
  })

  test('the next run has the time of day again', async () => {
    const source = 'export default () => [Date.now(), +new Date(), Temporal.Now.instant().epochMilliseconds]'
    await sandbox.it.run(job(source, { isolation, startedAt: 1 }))
    const { output, metrics } = await sandbox.it.run(job(source, { isolation }))
    for (const moment of [...JSON.parse(output ?? ''), metrics.startedAt])
      expect(Math.abs(moment - Date.now())).toBeLessThan(10_000)
  })
})
