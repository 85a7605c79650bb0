import { describe, expect, test } from 'vitest'

import { failExecutions, releaseExecutions } from '../../src/executor/report-executions.ts'
import { as, asOwner } from '../support/call.ts'
import { givenEventScript, insertEvent } from '../support/given-event-script.ts'
import { findExecution, givenExecutions } from '../support/given-executions.ts'
import { givenScript } from '../support/given-script.ts'
import { givenTenant, identityIn, onlyRow } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import { claimOne, failureOf, reportOn, useEmptyLedger } from '../support/use-ledger.ts'

const week = 7 * 24 * 3600

describe('retries', () => {
  const database = useDatabase()
  useEmptyLedger(database)

  const givenOne = async () => await givenScript(database, await givenTenant(database))
  /** Fails the one execution, and says in how many seconds it is due again. */
  async function failWith(error: Record<string, unknown> | string): Promise<number> {
    const claimed = await claimOne(database.node)
    const report =
      typeof error === 'string'
        ? reportOn(claimed, { status: 'failed', output: null, error })
        : failureOf(claimed, { retryable: true, ...error })
    expect([...(await failExecutions(database.node, [report]))]).toEqual([[claimed.id, 'will be retried']])
    const rows = await asOwner<{ seconds: number }>(
      database,
      `select extract(epoch from run_at - clock_timestamp())::float as seconds
       from pgscript_engine.live_executions where id = $1`,
      [claimed.id],
    )
    await database.owner.query('update pgscript_engine.live_executions set run_at = now() where id = $1', [
      claimed.id,
    ])
    return onlyRow(rows).seconds
  }

  test('come after 2, 4, 8 … seconds, give or take a quarter', async () => {
    await givenExecutions(database, await givenOne(), { maxAttempts: 5 })
    for (const expected of [2, 4, 8, 16]) {
      const seconds = await failWith({})
      expect(seconds).toBeGreaterThan(expected * 0.75 - 1)
      expect(seconds).toBeLessThanOrEqual(expected * 1.25)
    }
  })

  test('come when the script says, within a week', async () => {
    await givenExecutions(database, await givenOne(), { maxAttempts: 20 })
    const after: [number | string, number, number][] = [
      ['60', 59, 60],
      ['0', -1, 0],
      ['-5', -1, 0],
      ['1e300', week - 1, week],
      ['1e400', week - 1, week],
      ['604801', week - 1, week],
      // What is no number is as if it had not been said; this is the seventh attempt, and so on.
      ['"NaN"', 0.75 * 2 ** 7 - 1, 1.25 * 2 ** 7],
      ['"soon"', 0.75 * 2 ** 8 - 1, 1.25 * 2 ** 8],
      ['null', 0.75 * 2 ** 9 - 1, 1.25 * 2 ** 9],
      ['{"a":1}', 0.75 * 2 ** 10 - 1, 1.25 * 2 ** 10],
    ]
    for (const [given, least, most] of after) {
      const seconds = await failWith(`{"code":"script_error","retryable":true,"retryAfterSeconds":${given}}`)
      expect([given, seconds >= least && seconds <= most, seconds]).toEqual([given, true, seconds])
    }
  })

  test.each(['"maybe"', '"true"', '1', 'null', '{}'])(
    'need a plain true: retryable %s ends it',
    async (retryable) => {
      await givenExecutions(database, await givenOne(), { maxAttempts: 3 })
      const claimed = await claimOne(database.node)
      const error = `{"code":"script_error","retryable":${retryable}}`
      const outcomes = await failExecutions(database.node, [
        reportOn(claimed, { status: 'failed', output: null, error }),
      ])
      expect([...outcomes]).toEqual([[claimed.id, 'final']])
    },
  )

  test('that our own limits caused use none up', async () => {
    const [id] = await givenExecutions(database, await givenOne(), { maxAttempts: 2 })
    for (let count = 0; count < 4; count += 1) await failWith({ code: 'rate_limited' })
    expect(await findExecution(database, id ?? '')).toMatchObject({ status: 'pending', attempt: 0 })
    await failWith({})
    const claimed = await claimOne(database.node)
    expect(claimed.attempt).toBe(2)
    const outcomes = await failExecutions(database.node, [failureOf(claimed, { retryable: true })])
    expect([...outcomes]).toEqual([[id, 'final']])
  })

  describe('that our own limits caused', () => {
    const limited = { code: 'rate_limited', message: 'Too many calls.' }

    test('come after 2, 4, 8 … seconds, give or take a quarter, and at most 60', async () => {
      await givenExecutions(database, await givenOne(), { maxAttempts: 2 })
      for (const expected of [2, 4, 8, 16, 32, 60, 60]) {
        const seconds = await failWith(limited)
        expect(seconds).toBeGreaterThan(expected * 0.75 - 1)
        expect(seconds).toBeLessThanOrEqual(expected * 1.25)
      }
    })

    test('end with the twentieth in a row, which says so and is a dead letter', async () => {
      const tenant = await givenTenant(database)
      await givenEventScript(database, tenant, { events: ['a.b'] })
      await insertEvent(database, tenant, 'a.b')
      for (let count = 1; count < 20; count += 1) {
        // A lost node in between makes no difference.
        if (count === 10)
          await releaseExecutions(database.node, [reportOn(await claimOne(database.node))], true)
        await failWith(limited)
      }
      const last = await claimOne(database.node)
      const outcomes = await failExecutions(database.node, [failureOf(last, { retryable: true, ...limited })])
      expect([...outcomes]).toEqual([[last.id, 'final']])
      const error = {
        code: 'rate_limited',
        message: 'Too many calls. Attempts ended so 20 times in a row; it is not tried again.',
        failuresInARow: 20,
      }
      expect(await findExecution(database, last.id)).toMatchObject({ status: 'failed', attempt: 1, error })
      const letters = 'select error from pgscript.dead_letters where tenant_id = $1'
      expect(await asOwner(database, letters, [tenant.id])).toMatchObject([{ error }])
    })

    test('are counted anew after another failure', async () => {
      const [id] = await givenExecutions(database, await givenOne(), { maxAttempts: 3 })
      for (let count = 1; count < 20; count += 1) await failWith(limited)
      await failWith({})
      expect(await failWith(limited)).toBeLessThanOrEqual(2.5)
      expect(await findExecution(database, id ?? '')).toMatchObject({ error: { failuresInARow: 1 } })
    })

    test('count on from an error without a number, as older versions left them', async () => {
      await givenExecutions(database, await givenOne(), { maxAttempts: 2 })
      await failWith(limited)
      await database.owner.query(
        "update pgscript_engine.live_executions set last_error = last_error - 'failuresInARow'",
      )
      expect(await failWith(limited)).toBeLessThanOrEqual(2.5)
    })
  })

  test('leave every attempt to be seen, with its error, by those who may', async () => {
    const script = await givenOne()
    const [id] = await givenExecutions(database, script, { maxAttempts: 3 })
    await failWith({ code: 'first' })
    await failWith({ code: 'second' })
    const read = async (permissions?: string[]) =>
      await as(
        database,
        identityIn(script.tenant, permissions),
        `select attempt, fence, status, error ->> 'code' as code from pgscript.execution_attempts
         where execution_id = $1 order by fence`,
        [id],
      )
    expect(await read()).toEqual([
      { attempt: 1, fence: 1, status: 'failed', code: 'first' },
      { attempt: 2, fence: 2, status: 'failed', code: 'second' },
    ])
    expect(await read(['scripts.read'])).toEqual([])
  })
})
