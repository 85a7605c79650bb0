import { describe, expect, test } from 'vitest'

import { releaseExecutions } from '../../../src/executor/report-executions.ts'
import { asOwner } from '../../support/call.ts'
import { findExecution, givenExecutions } from '../../support/given-executions.ts'
import { givenScriptOfItsOwn } from '../../support/given-script.ts'
import { useDatabase } from '../../support/use-database.ts'
import {
  claim,
  claimOne,
  givenNode,
  loseNode,
  reportOn,
  requeueLost,
  useEmptyLedger,
} from '../../support/use-ledger.ts'

/** What becomes of an execution whose node was lost, or whose node gives it back. */
describe('lost and released executions', () => {
  const database = useDatabase()
  useEmptyLedger(database)

  describe('pgscript_engine.requeue_lost', () => {
    test('gives what a lost node held back to the queue, without using up an attempt', async () => {
      const [id = ''] = await givenExecutions(database, await givenScriptOfItsOwn(database))
      const node = await givenNode(database, 'lost')
      expect(await claimOne(node)).toMatchObject({ attempt: 1, fence: 1 })
      await loseNode(database, node)
      expect(await requeueLost(database)).toBe(1)
      expect(await findExecution(database, id)).toMatchObject({
        status: 'pending',
        attempt: 0,
        takeovers: 1,
        node_id: null,
      })
      expect(await claimOne(database.node)).toMatchObject({ id, attempt: 1, fence: 2 })
    })

    test('leaves alone what a living node holds', async () => {
      await givenExecutions(database, await givenScriptOfItsOwn(database))
      const claimed = await claimOne(database.node)
      expect(await requeueLost(database)).toBe(0)
      expect(await requeueLost(database, true)).toBe(0)
      expect(await findExecution(database, claimed.id)).toMatchObject({ status: 'running' })
    })

    test('takes an execution over three times, and then ends it as node_lost', async () => {
      const [id = ''] = await givenExecutions(database, await givenScriptOfItsOwn(database), {
        maxAttempts: 9,
      })
      const node = await givenNode(database, 'cursed')
      for (const takeovers of [1, 2, 3]) {
        await claimOne(node)
        await loseNode(database, node)
        expect(await requeueLost(database)).toBe(1)
        expect(await findExecution(database, id)).toMatchObject({ status: 'pending', takeovers })
      }
      await claimOne(node)
      await loseNode(database, node)
      expect(await requeueLost(database)).toBe(0)
      expect(await findExecution(database, id)).toMatchObject({
        status: 'failed',
        takeovers: 3,
        error: { code: 'node_lost', message: expect.stringContaining('4 times') },
      })
      expect(await claim(database.node, 1)).toEqual([])
    })

    test('finds what a node holds that nobody remembers', async () => {
      const [id = ''] = await givenExecutions(database, await givenScriptOfItsOwn(database))
      const node = await givenNode(database, 'forgotten')
      await claimOne(node)
      await loseNode(database, node)
      await asOwner(database, "delete from pgscript_engine.nodes where id = 'forgotten'")
      expect(await requeueLost(database, true)).toBe(1)
      expect(await findExecution(database, id)).toMatchObject({ status: 'pending' })
    })

    test('finds what was held by a node that was not seen for an hour', async () => {
      const [id = ''] = await givenExecutions(database, await givenScriptOfItsOwn(database))
      const node = await givenNode(database, 'silent')
      await claimOne(node)
      await loseNode(database, node)
      await asOwner(
        database,
        "update pgscript_engine.nodes set seen_at = now() - interval '61 minutes' where id = 'silent'",
      )
      await requeueLost(database)
      expect(await asOwner(database, "select from pgscript_engine.nodes where id = 'silent'")).toEqual([])
      await requeueLost(database, true)
      expect(await findExecution(database, id)).toMatchObject({ status: 'pending' })
    })

    test('is done once when many nodes do it at the same time', async () => {
      await givenExecutions(database, await givenScriptOfItsOwn(database), { count: 12 })
      const node = await givenNode(database, 'lost')
      await claim(node, 12)
      await loseNode(database, node)
      const counts = await Promise.all([1, 2, 3, 4].map(() => requeueLost(database)))
      expect(counts.reduce((sum, count) => sum + count)).toBe(12)
      const takeovers = await asOwner(
        database,
        'select distinct takeovers from pgscript_engine.live_executions',
      )
      expect(takeovers).toEqual([{ takeovers: 1 }])
    })

    test('wakes a sleeping node', async () => {
      await givenExecutions(database, await givenScriptOfItsOwn(database))
      const node = await givenNode(database, 'lost')
      await claimOne(node)
      await loseNode(database, node)
      await claim(database.node, 1)
      const client = await database.node.pool.connect()
      try {
        await client.query('listen pgscript_work')
        const rung = new Promise((resolve) => client.once('notification', resolve))
        await requeueLost(database)
        expect(await rung).toMatchObject({ channel: 'pgscript_work' })
      } finally {
        client.release(true)
      }
    })
  })

  describe('pgscript_engine.release_executions', () => {
    test('gives back what a node cannot run any more, as if it had never been claimed', async () => {
      const [id = ''] = await givenExecutions(database, await givenScriptOfItsOwn(database))
      const claimed = await claimOne(database.node)
      expect(await releaseExecutions(database.node, [reportOn(claimed)], false)).toBe(1)
      expect(await findExecution(database, id)).toMatchObject({ status: 'pending', attempt: 0, takeovers: 0 })
      expect(await claimOne(database.node)).toMatchObject({ id, attempt: 1, fence: 2 })
    })

    test('however often', async () => {
      await givenExecutions(database, await givenScriptOfItsOwn(database))
      for (let time = 0; time < 6; time += 1)
        expect(await releaseExecutions(database.node, [reportOn(await claimOne(database.node))], false)).toBe(
          1,
        )
    })

    test('counts it where the sandbox host was lost, and ends the execution after three', async () => {
      const [id = ''] = await givenExecutions(database, await givenScriptOfItsOwn(database))
      for (const takeovers of [1, 2, 3]) {
        expect(await releaseExecutions(database.node, [reportOn(await claimOne(database.node))], true)).toBe(
          1,
        )
        expect(await findExecution(database, id)).toMatchObject({ takeovers })
      }
      expect(await releaseExecutions(database.node, [reportOn(await claimOne(database.node))], true)).toBe(0)
      expect(await findExecution(database, id)).toMatchObject({
        status: 'failed',
        error: { code: 'node_lost' },
      })
    })

    test('refuses another fence and another node', async () => {
      const [id = ''] = await givenExecutions(database, await givenScriptOfItsOwn(database))
      const claimed = await claimOne(database.node)
      expect(await releaseExecutions(database.node, [reportOn({ ...claimed, fence: 2 })], false)).toBe(0)
      expect(await releaseExecutions(await givenNode(database, 'thief'), [reportOn(claimed)], false)).toBe(0)
      expect(await findExecution(database, id)).toMatchObject({ status: 'running' })
    })

    test('gives back nothing of nothing', async () => {
      expect(await releaseExecutions(database.node, [], true)).toBe(0)
    })
  })
})
