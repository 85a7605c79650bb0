import { describe, expect, test } from 'vitest'

import { failExecutions } from '../../../src/executor/report-executions.ts'
import { asOwner } from '../../support/call.ts'
import { findExecution, givenExecutions } from '../../support/given-executions.ts'
import { givenScriptOfItsOwn } from '../../support/given-script.ts'
import { onlyRow } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'
import { claimOne, failureOf, givenNode, useEmptyLedger } from '../../support/use-ledger.ts'

describe('pgscript_engine.fail_executions', () => {
  const database = useDatabase()
  useEmptyLedger(database)

  /** What became of each execution. */
  const fail = async (...call: Parameters<typeof failExecutions>) =>
    Object.fromEntries(await failExecutions(...call))
  const claimAgain = async (id: string) => {
    await asOwner(database, 'update pgscript_engine.live_executions set run_at = now() where id = $1', [id])
    return await claimOne(database.node)
  }
  /** Seconds until the next attempt, from now. */
  const waitOf = async (id: string) =>
    onlyRow(
      await asOwner<{ seconds: number }>(
        database,
        `select extract(epoch from run_at - clock_timestamp())::float as seconds
         from pgscript_engine.live_executions where id = $1`,
        [id],
      ),
    ).seconds

  test('gives a retryable failure back to the queue until its attempts are used up', async () => {
    const [id = ''] = await givenExecutions(database, await givenScriptOfItsOwn(database), { maxAttempts: 3 })
    const failure = { code: 'flaky', retryable: true }
    for (const attempt of [1, 2]) {
      const claimed = await claimAgain(id)
      expect(claimed).toMatchObject({ attempt, fence: attempt })
      const outcomes = await fail(database.node, [failureOf(claimed, failure)])
      expect(outcomes).toEqual({ [id]: 'will be retried' })
      expect(await findExecution(database, id)).toMatchObject({
        status: 'pending',
        attempt,
        node_id: null,
        error: { code: 'flaky' },
      })
    }
    const last = await fail(database.node, [failureOf(await claimAgain(id), failure)])
    expect(last).toEqual({ [id]: 'final' })
    expect(await findExecution(database, id)).toMatchObject({
      status: 'failed',
      attempt: 3,
      error: { code: 'flaky' },
    })
  })

  test.each([1, 2, 3, 4])('waits twice as long after each attempt: attempt %i', async (attempt) => {
    const [id = ''] = await givenExecutions(database, await givenScriptOfItsOwn(database), { maxAttempts: 9 })
    await asOwner(database, 'update pgscript_engine.live_executions set attempt = $2 where id = $1', [
      id,
      attempt - 1,
    ])
    await fail(database.node, [failureOf(await claimOne(database.node), { retryable: true })])
    const base = 2 ** attempt
    const wait = await waitOf(id)
    expect(wait).toBeGreaterThan(base * 0.75 - 5)
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(base * 1.25)
  })

  test('waits as long as the error asks for', async () => {
    const [id = ''] = await givenExecutions(database, await givenScriptOfItsOwn(database), { maxAttempts: 2 })
    const claimed = await claimOne(database.node)
    await fail(database.node, [failureOf(claimed, { retryable: true, retryAfterSeconds: 600 })])
    const wait = await waitOf(id)
    expect(wait).toBeGreaterThan(590)
    expect(wait).toBeLessThanOrEqual(600)
  })

  test.each([
    ['an error that is not retryable', { retryable: false }, 5],
    ['an error that does not say', { retryable: undefined }, 5],
    ['a retryable error of an execution with one attempt', { retryable: true }, 1],
  ])('ends with %s', async (_, error, maxAttempts) => {
    const [id = ''] = await givenExecutions(database, await givenScriptOfItsOwn(database), { maxAttempts })
    const claimed = await claimOne(database.node)
    expect(await fail(database.node, [failureOf(claimed, error)])).toEqual({ [id]: 'final' })
    expect(await findExecution(database, id)).toMatchObject({ status: 'failed', attempt: 1 })
  })

  test('says timeout where it was one', async () => {
    const [id = ''] = await givenExecutions(database, await givenScriptOfItsOwn(database))
    const claimed = await claimOne(database.node)
    await fail(database.node, [failureOf(claimed, { code: 'timeout' }, { status: 'timeout' })])
    expect(await findExecution(database, id)).toMatchObject({ status: 'timeout', error: { code: 'timeout' } })
  })

  test('decides each of a batch by itself', async () => {
    const script = await givenScriptOfItsOwn(database)
    const [retried = ''] = await givenExecutions(database, script, { maxAttempts: 2 })
    const [final = ''] = await givenExecutions(database, script)
    const claimed = [await claimOne(database.node), await claimOne(database.node)]
    const outcomes = await fail(
      database.node,
      claimed.map((execution) => failureOf(execution, { retryable: true })),
    )
    expect(outcomes).toEqual({ [retried]: 'will be retried', [final]: 'final' })
  })

  test('keeps the log of every attempt', async () => {
    const [id = ''] = await givenExecutions(database, await givenScriptOfItsOwn(database), { maxAttempts: 2 })
    for (const attempt of [1, 2]) {
      const logs = JSON.stringify([{ level: 'info', at: 1, message: `attempt ${attempt}` }])
      await fail(database.node, [failureOf(await claimAgain(id), { retryable: true }, { logs })])
    }
    const logs = await asOwner(
      database,
      'select attempt, message from pgscript.execution_logs where execution_id = $1 order by attempt',
      [id],
    )
    expect(logs).toEqual([
      { attempt: 1, message: 'attempt 1' },
      { attempt: 2, message: 'attempt 2' },
    ])
  })

  test('refuses another fence and another node', async () => {
    const [id = ''] = await givenExecutions(database, await givenScriptOfItsOwn(database), { maxAttempts: 2 })
    const claimed = await claimOne(database.node)
    const failure = failureOf(claimed, { retryable: true })
    expect(await fail(database.node, [{ ...failure, fence: 2 }])).toEqual({})
    expect(await fail(await givenNode(database, 'thief'), [failure])).toEqual({})
    expect(await findExecution(database, id)).toMatchObject({ status: 'running' })
    expect(await fail(database.node, [failure])).toEqual({ [id]: 'will be retried' })
    expect(await fail(database.node, [failure])).toEqual({})
  })
})
