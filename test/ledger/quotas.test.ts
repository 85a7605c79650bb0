import { describe, expect, test } from 'vitest'

import { completeExecutions, failExecutions } from '../../src/executor/report-executions.ts'
import { asOwner } from '../support/call.ts'
import { givenExecutions } from '../support/given-executions.ts'
import { type GivenScript, givenScript } from '../support/given-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { until } from '../support/until.ts'
import { useDatabase } from '../support/use-database.ts'
import { claim, claimOne, failureOf, reportOn, useEmptyLedger } from '../support/use-ledger.ts'
import { openTransaction } from './second-connection.ts'

describe('quotas', () => {
  const database = useDatabase()
  useEmptyLedger(database)

  async function givenQuotas(quotas: Record<string, number>): Promise<GivenScript> {
    const script = await givenScript(database, await givenTenant(database))
    await asOwner(database, 'select pgscript.upsert_tenant($1, quotas => $2)', [script.tenant.key, quotas])
    return script
  }
  const ask = async (script: GivenScript) =>
    await asOwner(database, "select pgscript.execute_script($1, $2, '{}')", [script.tenant.key, script.name])
  /** An hour later, as far as what was used is concerned. */
  const nextHour = async (script: GivenScript) =>
    await asOwner(
      database,
      `update pgscript_engine.tenant_usage set hour = hour - interval '1 hour' where tenant_id = $1`,
      [script.tenant.id],
    )

  test('executions_per_hour: what waits and what has started count, until the next hour', async () => {
    const script = await givenQuotas({ executions_per_hour: 3 })
    for (let count = 0; count < 3; count += 1) await ask(script)
    await expect(ask(script)).rejects.toMatchObject({ code: 'quota_exceeded' })
    const claimed = await claim(database.node, 3)
    await expect(ask(script)).rejects.toMatchObject({ code: 'quota_exceeded' })
    await completeExecutions(
      database.node,
      claimed.map((execution) => reportOn(execution)),
    )
    await expect(ask(script)).rejects.toThrow(/3 executions an hour/)

    await nextHour(script)
    await ask(script)
  })

  test('executions_per_hour: an execution that is tried again counts once', async () => {
    const script = await givenQuotas({ executions_per_hour: 2 })
    await givenExecutions(database, script, { maxAttempts: 5 })
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const failure = failureOf(await claimOne(database.node), { retryable: true, retryAfterSeconds: 0 })
      await failExecutions(database.node, [failure])
    }
    // It waits for its fourth attempt, and has started once.
    await ask(script)
    await expect(ask(script)).rejects.toMatchObject({ code: 'quota_exceeded' })
  })

  test('stored_bytes: refuses when input, output, errors and logs take that much', async () => {
    const script = await givenQuotas({ stored_bytes: 10_000 })
    await ask(script)
    const output = JSON.stringify(Array.from({ length: 4_000 }, (_, index) => index))
    await completeExecutions(database.node, [reportOn(await claimOne(database.node), { output })])
    await expect(ask(script)).rejects.toThrow(/10000 stored bytes/)
    await asOwner(database, "select pgscript.upsert_tenant($1, quotas => '{}')", [script.tenant.key])
    await ask(script)
  })

  describe('events_per_minute', () => {
    const left = 'select pgscript_engine.events_left($1, $2) as count'
    const take = async (script: GivenScript, wanted: number) =>
      (await asOwner<{ count: number }>(database, left, [script.tenant.id, wanted]))[0]?.count
    /** Tests that count begin early in a minute, so that they end in it. */
    const earlyInAMinute = () => until(() => new Date().getUTCSeconds() < 45, { within: 20_000 })

    test('grants what is left of the minute, and nothing beyond', async () => {
      const script = await givenQuotas({ events_per_minute: 10 })
      await earlyInAMinute()
      expect([await take(script, 4), await take(script, 4), await take(script, 4)]).toEqual([4, 4, 2])
      expect(await take(script, 1)).toBe(0)
      await asOwner(
        database,
        `update pgscript_engine.event_usage set minute = minute - interval '1 minute' where tenant_id = $1`,
        [script.tenant.id],
      )
      expect(await take(script, 4)).toBe(4)
    })

    test('counts nothing where there is no such quota', async () => {
      const script = await givenQuotas({})
      expect(await take(script, 1_000_000)).toBe(1_000_000)
      const counted = 'select from pgscript_engine.event_usage where tenant_id = $1'
      expect(await asOwner(database, counted, [script.tenant.id])).toEqual([])
    })

    test('does not make a publisher wait for another, and forgets what was rolled back', async () => {
      const script = await givenQuotas({ events_per_minute: 10 })
      await earlyInAMinute()
      expect(await take(script, 1)).toBe(1)
      const other = await openTransaction(database)
      expect(await other.run(left, [script.tenant.id, 6])).toEqual([{ count: 6 }])
      expect(await take(script, 5)).toBe(5)
      await other.rollback()
      expect(await take(script, 9)).toBe(4)
    })

    test('is refused where it is no number', async () => {
      await expect(givenQuotas({ events_per_minute: -1 })).rejects.toMatchObject({ code: 'invalid_tenant' })
    })
  })

  test('touch nobody else', async () => {
    const full = await givenQuotas({ executions_per_hour: 1 })
    await ask(full)
    await expect(ask(full)).rejects.toMatchObject({ code: 'quota_exceeded' })
    await ask(await givenQuotas({ executions_per_hour: 1 }))
  })
})
