import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'

import type { Database } from '../../src/database/database.ts'
import { type ClaimedExecution, claimExecutions } from '../../src/executor/claim-executions.ts'
import { createCompletionBatcher } from '../../src/executor/completion-batcher.ts'
import type { Report } from '../../src/executor/report-executions.ts'
import { silentLogger } from '../../src/log.ts'
import { findExecution, givenExecutions } from '../support/given-executions.ts'
import { type GivenScript, givenScript } from '../support/given-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { until } from '../support/until.ts'
import { useDatabase } from '../support/use-database.ts'
import { reportOn } from '../support/use-ledger.ts'

const database = useDatabase()
let script: GivenScript

beforeAll(async () => {
  script = await givenScript(
    database,
    await givenTenant(database, {
      limits: { concurrent_runs_per_tenant: 1_000, concurrent_runs_per_script: 1_000 },
    }),
  )
})

/** Executions that the test's node holds. */
async function givenHeld(count: number, options: { maxAttempts?: number } = {}): Promise<ClaimedExecution[]> {
  await givenExecutions(database, script, { count, ...options })
  const held: ClaimedExecution[] = []
  while (held.length < count)
    held.push(...(await claimExecutions(database.node, { capacity: count - held.length, leaseSeconds: 60 })))
  return held
}

/** A batcher whose statements can be watched, held up and made to fail. */
function givenBatcher() {
  const giveUp = new AbortController()
  const statements: number[] = []
  let trouble: (() => Promise<unknown>) | undefined
  let expectsMore = false
  const watched = {
    ...database.node,
    pool: {
      query: async (text: string, values: unknown[]) => {
        statements.push((values[2] as unknown[]).length)
        if (trouble) await trouble()
        return await database.node.pool.query(text, values)
      },
    },
  } as unknown as Database
  const batcher = createCompletionBatcher({
    database: watched,
    logger: silentLogger,
    giveUp: giveUp.signal,
    expectsMore: () => expectsMore,
  })
  return Object.assign(batcher, {
    statements,
    giveUp,
    setTrouble(next: (() => Promise<unknown>) | undefined) {
      trouble = next
    },
    setExpectsMore(next: boolean) {
      expectsMore = next
    },
  })
}

const statusOf = async (id: string) => (await findExecution(database, id)).status

describe('batches', () => {
  test('what is handed in together goes in one statement, and each gets its answer', async () => {
    const held = await givenHeld(30)
    const batcher = givenBatcher()
    const answers = await Promise.all(held.map((execution) => batcher.report(reportOn(execution))))
    expect(batcher.statements).toEqual([30])
    expect(answers.every(({ outcome }) => outcome === 'final')).toBe(true)
    const [first] = held
    const { rows } = await database.owner.query<{ finished_at: Date }>(
      'select finished_at from pgscript.executions where id = $1',
      [first?.id],
    )
    expect(answers[0]?.recordedAt).toEqual(rows[0]?.finished_at)
  })

  test('what comes while a statement is under way waits for the next, all of it', async () => {
    const [first, ...others] = await givenHeld(20)
    const batcher = givenBatcher()
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
    batcher.setTrouble(() => held)
    const answers = [batcher.report(reportOn(first as ClaimedExecution))]
    await until(() => batcher.statements.length === 1)
    answers.push(...others.map((execution) => batcher.report(reportOn(execution))))
    await new Promise(setImmediate)
    expect(batcher.statements).toEqual([1])
    letGo()
    await Promise.all(answers)
    expect(batcher.statements).toEqual([1, 19])
  })

  describe('while more runs are about to end', () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    })
    afterEach(() => {
      vi.useRealTimers()
    })

    test('results wait for each other, but not for long', async () => {
      const [first, ...others] = (await givenHeld(6)).map((execution) => reportOn(execution))
      const batcher = givenBatcher()
      batcher.setExpectsMore(true)
      await batcher.report(first as Report)
      const answers = []
      for (const report of others) {
        answers.push(batcher.report(report))
        await new Promise(setImmediate)
      }
      expect(batcher.statements).toEqual([1])
      vi.advanceTimersByTime(20)
      await Promise.all(answers)
      expect(batcher.statements).toEqual([1, 5])
    })

    test('but one that somebody waits for goes at once, and so does the last one for now', async () => {
      const [first, second, third] = (await givenHeld(3)).map((execution) => reportOn(execution))
      const batcher = givenBatcher()
      batcher.setExpectsMore(true)
      await batcher.report(first as Report)
      await batcher.report(second as Report, true)
      batcher.setExpectsMore(false)
      await batcher.report(third as Report)
      expect(batcher.statements).toEqual([1, 1, 1])
    })
  })

  test('no statement carries more than 200', async () => {
    const held = await givenHeld(450)
    const batcher = givenBatcher()
    await Promise.all(held.map((execution) => batcher.report(reportOn(execution))))
    expect(batcher.statements).toEqual([200, 200, 50])
  })

  test('each kind of answer: final, to be retried, refused, given back', async () => {
    const [fine, lost, late, drained] = (await givenHeld(4)) as [
      ClaimedExecution,
      ClaimedExecution,
      ClaimedExecution,
      ClaimedExecution,
    ]
    const [retried] = (await givenHeld(1, { maxAttempts: 2 })) as [ClaimedExecution]
    const batcher = givenBatcher()
    const failure = { status: 'failed', output: null, error: '{"code":"x","retryable":true}' } as const
    const [final, again, refused] = await Promise.all([
      batcher.report(reportOn(fine)),
      batcher.report(reportOn(retried, failure)),
      batcher.report(reportOn({ ...late, fence: late.fence - 1 })),
      batcher.release({ tenantId: lost.tenant_id, id: lost.id, fence: lost.fence }, true),
      batcher.release({ tenantId: drained.tenant_id, id: drained.id, fence: drained.fence }, false),
    ])
    expect([final, again, refused].map((answer) => answer?.outcome)).toEqual([
      'final',
      'will be retried',
      'refused',
    ])
    expect(await statusOf(fine.id)).toBe('completed')
    expect(await statusOf(retried.id)).toBe('pending')
    expect(await statusOf(late.id)).toBe('running')
    expect(await findExecution(database, lost.id)).toMatchObject({ status: 'pending', takeovers: 1 })
    expect(await findExecution(database, drained.id)).toMatchObject({ status: 'pending', takeovers: 0 })
    await database.owner.query('delete from pgscript_engine.live_executions where id = any ($1)', [
      [retried.id, lost.id, drained.id],
    ])
  })
})

describe('a result that cannot be stored', () => {
  test.each([
    ['too deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['a number beyond numeric', '1e200000'],
    ['a NUL', '"\\u0000"'],
  ])('(%s) fails alone; its batch is recorded', async (_, output) => {
    const held = await givenHeld(8)
    const batcher = givenBatcher()
    const answers = await Promise.all(
      held.map((execution, place) =>
        batcher.report(reportOn(execution, place === 5 ? { output } : { output: String(place) })),
      ),
    )
    expect(answers.map(({ outcome }) => outcome)).toEqual(held.map(() => 'final'))
    expect(answers[5]?.recordedAt).toBeUndefined()
    const records = await Promise.all(held.map(({ id }) => findExecution(database, id)))
    expect(records.map(({ status, output: stored }) => [status, stored])).toEqual(
      held.map((_, place) => (place === 5 ? ['failed', null] : ['completed', place])),
    )
    expect(records[5]?.error?.code).toBe('result_not_storable')
  })

  test('for a rule of the ledger fails alone as well', async () => {
    const [bad, fine] = (await givenHeld(2)) as [ClaimedExecution, ClaimedExecution]
    const batcher = givenBatcher()
    await Promise.all([
      batcher.report(reportOn(bad, { status: 'failed', output: null, error: null })),
      batcher.report(reportOn(fine, { status: 'failed', output: null, error: '{"code":"x"}' })),
    ])
    expect((await findExecution(database, bad.id)).error?.code).toBe('result_not_storable')
    expect((await findExecution(database, fine.id)).error?.code).toBe('x')
  })

  test('in its log or metrics as well', async () => {
    const [logs, metrics] = await givenHeld(2)
    const batcher = givenBatcher()
    await Promise.all([
      batcher.report(reportOn(logs as ClaimedExecution, { logs: '[{"message":"\\u0000"}]' })),
      batcher.report(reportOn(metrics as ClaimedExecution, { metrics: '{"a":1e200000}' })),
    ])
    for (const execution of [logs, metrics])
      expect(await findExecution(database, execution?.id ?? '')).toMatchObject({
        status: 'failed',
        error: { code: 'result_not_storable' },
      })
  })
})

describe('without the database', () => {
  const refusedConnection = () =>
    Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))

  test('a result is kept and written when the database is back', async () => {
    const [execution] = (await givenHeld(1)) as [ClaimedExecution]
    const batcher = givenBatcher()
    batcher.setTrouble(refusedConnection)
    const answer = batcher.report(reportOn(execution))
    await until(() => batcher.statements.length >= 3)
    expect(await statusOf(execution.id)).toBe('running')
    batcher.setTrouble(undefined)
    expect(await answer).toMatchObject({ outcome: 'final' })
    expect(await statusOf(execution.id)).toBe('completed')
  })

  test('it is given up when told so, between tries and in a statement that hangs', async () => {
    for (const trouble of [refusedConnection, () => new Promise(() => {})]) {
      const [execution] = (await givenHeld(1)) as [ClaimedExecution]
      const batcher = givenBatcher()
      batcher.setTrouble(trouble)
      const answer = batcher.report(reportOn(execution))
      await until(() => batcher.statements.length >= 1)
      batcher.giveUp.abort()
      expect(await answer).toEqual({ outcome: 'refused' })
      await batcher.idle()
      expect(await statusOf(execution.id)).toBe('running')
    }
  })

  test('idle waits for what is being tried', async () => {
    const [execution] = (await givenHeld(1)) as [ClaimedExecution]
    const batcher = givenBatcher()
    await batcher.idle()
    batcher.setTrouble(refusedConnection)
    const answer = batcher.report(reportOn(execution))
    let isIdle = false
    const idle = batcher.idle().then(() => {
      isIdle = true
    })
    await until(() => batcher.statements.length >= 2)
    expect(isIdle).toBe(false)
    batcher.setTrouble(undefined)
    await answer
    await idle
  })
})
