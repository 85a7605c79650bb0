import { describe, expect, test } from 'vitest'

import type { ClaimedExecution as Claimed } from '../../../src/executor/claim-executions.ts'
import { completeExecutions } from '../../../src/executor/report-executions.ts'
import { asOwner } from '../../support/call.ts'
import { findExecution, givenExecutions } from '../../support/given-executions.ts'
import { givenScriptOfItsOwn } from '../../support/given-script.ts'
import { useDatabase } from '../../support/use-database.ts'
import {
  claim,
  claimOne,
  countBlocked,
  failureOf,
  givenNode,
  loseNode,
  reportOn,
  requeueLost,
  useEmptyLedger,
} from '../../support/use-ledger.ts'

describe('pgscript_engine.complete_executions', () => {
  const database = useDatabase()
  useEmptyLedger(database)

  const accepted = async (...reports: Parameters<typeof completeExecutions>) => [
    ...(await completeExecutions(...reports)).keys(),
  ]
  const countIn = async (table: 'live_executions' | 'execution_history', id: string) =>
    (await asOwner(database, `select from pgscript_engine.${table} where id = $1`, [id])).length

  test('moves a finished execution to the history, with its result', async () => {
    await givenExecutions(database, await givenScriptOfItsOwn(database))
    const claimed = await claimOne(database.node)
    const report = reportOn(claimed, { output: '{"answer":42}', metrics: '{"durationMs":7}' })
    expect(await accepted(database.node, [report])).toEqual([claimed.id])

    expect(await countIn('live_executions', claimed.id)).toBe(0)
    expect(await countIn('execution_history', claimed.id)).toBe(1)
    const [row] = await asOwner(database, 'select * from pgscript.executions where id = $1', [claimed.id])
    expect(row).toMatchObject({
      status: 'completed',
      output: { answer: 42 },
      error: null,
      metrics: { durationMs: 7 },
      input: { number: 1 },
      node_id: database.node.nodeId,
      attempt: 1,
      created_at: claimed.created_at,
      started_at: claimed.started_at,
      finished_at: expect.any(Date),
    })
  })

  test('takes every final state', async () => {
    const script = await givenScriptOfItsOwn(database)
    for (const [status, report] of [
      ['completed', {}],
      ['cancelled', { output: null }],
      ['failed', { output: null, error: '{"code":"x"}' }],
      ['timeout', { output: null, error: '{"code":"x"}' }],
    ] as const) {
      await givenExecutions(database, script)
      const claimed = await claimOne(database.node)
      await accepted(database.node, [reportOn(claimed, { ...report, status })])
      expect(await findExecution(database, claimed.id)).toMatchObject({ status })
    }
  })

  test.each([
    ['a failure without an error', { status: 'failed', output: null }],
    ['an output of a failure', { status: 'failed', error: '{"code":"x"}' }],
    ['a state that is not final', { status: 'running' as never }],
  ] as const)('refuses %s, and keeps the execution', async (_, result) => {
    await givenExecutions(database, await givenScriptOfItsOwn(database))
    const claimed = await claimOne(database.node)
    await expect(accepted(database.node, [reportOn(claimed, result)])).rejects.toMatchObject({
      code: '23514',
    })
    expect(await findExecution(database, claimed.id)).toMatchObject({ status: 'running' })
  })

  test('stores the log, one line after the other', async () => {
    await givenExecutions(database, await givenScriptOfItsOwn(database))
    const claimed = await claimOne(database.node)
    const lines = [
      { level: 'info', at: 1.5, message: 'first' },
      { level: 'error', at: 2, message: 'second', fields: { a: 1 } },
    ]
    await accepted(database.node, [reportOn(claimed, { logs: JSON.stringify(lines) })])
    const logs = await asOwner(
      database,
      `select attempt, line, level, at_ms, message, fields from pgscript.execution_logs
       where execution_id = $1 order by attempt, batch, line`,
      [claimed.id],
    )
    expect(logs).toEqual([
      { attempt: 1, line: 1, level: 'info', at_ms: 1.5, message: 'first', fields: null },
      { attempt: 1, line: 2, level: 'error', at_ms: 2, message: 'second', fields: { a: 1 } },
    ])
  })

  test('accepts of a batch what the node holds, and nothing else', async () => {
    await givenExecutions(database, await givenScriptOfItsOwn(database), { count: 3 })
    const [mine, fenced, foreign] = (await claim(database.node, 3)) as [Claimed, Claimed, Claimed]
    const reports = [
      reportOn({ ...mine, fence: 9 }),
      reportOn(mine),
      reportOn({ ...fenced, fence: 2 }),
      reportOn({ ...foreign, tenant_id: '00000000-0000-7000-8000-000000000000' }),
    ]
    expect(await accepted(database.node, reports)).toEqual([mine.id])
    expect(await findExecution(database, fenced.id)).toMatchObject({ status: 'running' })
    expect(await findExecution(database, foreign.id)).toMatchObject({ status: 'running' })
  })

  test('accepts nothing twice', async () => {
    await givenExecutions(database, await givenScriptOfItsOwn(database))
    const claimed = await claimOne(database.node)
    const twice = await Promise.all([1, 2].map(() => accepted(database.node, [reportOn(claimed)])))
    expect(twice.flat()).toEqual([claimed.id])
    expect(await countIn('execution_history', claimed.id)).toBe(1)
  })

  test('refuses a node that does not hold the lease, though it knows the fence', async () => {
    await givenExecutions(database, await givenScriptOfItsOwn(database))
    const claimed = await claimOne(database.node)
    expect(await accepted(await givenNode(database, 'thief'), [reportOn(claimed)])).toEqual([])
    expect(await findExecution(database, claimed.id)).toMatchObject({ status: 'running' })
  })

  test('refuses the late result of a lost node, and takes the one of its successor', async () => {
    await givenExecutions(database, await givenScriptOfItsOwn(database))
    const [old, next] = [await givenNode(database, 'old'), await givenNode(database, 'next')]
    const first = await claimOne(old)
    await loseNode(database, old)
    expect(await requeueLost(database)).toBe(1)
    expect(await accepted(old, [reportOn(first)])).toEqual([])

    const second = await claimOne(next)
    expect(second).toMatchObject({ id: first.id, attempt: 1, fence: 2 })
    expect(await accepted(old, [reportOn(first, { output: '"old"' })])).toEqual([])
    expect(await accepted(next, [reportOn(second, { output: '"next"' })])).toEqual([first.id])
    expect(await findExecution(database, first.id)).toMatchObject({
      output: 'next',
      takeovers: 1,
      node_id: 'next',
    })
  })

  test('refuses its own result of before, where the same node claimed the execution again', async () => {
    await givenExecutions(database, await givenScriptOfItsOwn(database))
    const node = await givenNode(database, 'again')
    const first = await claimOne(node)
    await loseNode(database, node)
    await requeueLost(database, true)
    const second = await claimOne(node)
    expect(await accepted(node, [reportOn(first)])).toEqual([])
    expect(await accepted(node, [reportOn(second)])).toEqual([second.id])
  })

  describe('against the reaper, one of them first', () => {
    test('the completion: the reaper finds nothing', async () => {
      await givenExecutions(database, await givenScriptOfItsOwn(database))
      const node = await givenNode(database, 'slow')
      const claimed = await claimOne(node)
      await loseNode(database, node)
      const completing = await database.owner.connect()
      try {
        await completing.query('begin')
        await completing.query(
          `select pgscript_engine.complete_executions($1, array[$2::uuid], array[$3::uuid], array[1], array['completed'],
             array['{}'::jsonb], array[null::jsonb], array['{}'::jsonb], array['[]'::jsonb])`,
          [node.nodeId, claimed.tenant_id, claimed.id],
        )
        expect(await requeueLost(database, true)).toBe(0)
        await completing.query('commit')
      } finally {
        completing.release()
      }
      expect(await requeueLost(database, true)).toBe(0)
      expect(await findExecution(database, claimed.id)).toMatchObject({ status: 'completed', takeovers: 0 })
    })

    test('the reaper: the completion waits, and is refused', async () => {
      await givenExecutions(database, await givenScriptOfItsOwn(database))
      const node = await givenNode(database, 'slow')
      const claimed = await claimOne(node)
      await loseNode(database, node)
      const reaper = await database.owner.connect()
      try {
        await reaper.query('begin')
        await reaper.query('select pgscript_engine.requeue_lost(true)')
        const completion = accepted(node, [reportOn(claimed)])
        await expect.poll(() => countBlocked(database)).toBe(1)
        await reaper.query('commit')
        expect(await completion).toEqual([])
      } finally {
        reaper.release()
      }
      expect(await findExecution(database, claimed.id)).toMatchObject({ status: 'pending', takeovers: 1 })
    })
  })

  test('tells the node on which somebody waits, and only when another node ran it', async () => {
    const script = await givenScriptOfItsOwn(database)
    const client = await database.node.pool.connect()
    try {
      await client.query('listen pgscript_finished')
      const heard = new Promise((resolve) => client.on('notification', ({ payload }) => resolve(payload)))
      const runner = await givenNode(database, 'runner')
      await givenExecutions(database, script, { awaitedBy: 'runner' })
      await givenExecutions(database, script, { awaitedBy: 'waiting-node' })
      await givenExecutions(database, script)
      const claimed = await claim(runner, 3)
      for (const execution of claimed) await completeExecutions(runner, [reportOn(execution)])
      const [awaited] = await asOwner<{ id: string }>(
        database,
        'select id from pgscript_engine.execution_history where id = any ($1) order by id offset 1 limit 1',
        [claimed.map(({ id }) => id)],
      )
      expect(await heard).toBe(`waiting-node ${awaited?.id}`)
    } finally {
      client.release(true)
    }
  })

  test('tells it of a failure as well, and of many in one message', async () => {
    const script = await givenScriptOfItsOwn(database)
    const client = await database.node.pool.connect()
    try {
      await client.query('listen pgscript_finished')
      const heard = new Promise<string | undefined>((resolve) =>
        client.on('notification', ({ payload }) => resolve(payload)),
      )
      await givenExecutions(database, script, { count: 5, awaitedBy: 'waiting-node' })
      const claimed = await claim(database.node, 5)
      await completeExecutions(
        database.node,
        claimed.map((execution) => failureOf(execution)),
      )
      const [node, ...ids] = (await heard)?.split(' ') ?? []
      expect(node).toBe('waiting-node')
      expect(ids.toSorted()).toEqual(claimed.map(({ id }) => id).toSorted())
    } finally {
      client.release(true)
    }
  })
})
