import { describe, expect, test } from 'vitest'
import type { Database } from '../../src/database/database.ts'
import { renewLeases } from '../../src/executor/renew-leases.ts'
import { completeExecutions, failExecutions } from '../../src/executor/report-executions.ts'
import { asOwner } from '../support/call.ts'
import { findExecution, givenExecutions } from '../support/given-executions.ts'
import { type GivenScript, givenScript } from '../support/given-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import {
  claim,
  claimOne,
  failureOf,
  givenNode,
  loseNode,
  reportOn,
  requeueLost,
  useEmptyLedger,
} from '../support/use-ledger.ts'
import { type OpenTransaction, openTransaction, startAndBlock } from './second-connection.ts'
import { wrongCounters } from './truth.ts'

const claimInto = (transaction: OpenTransaction, node: Pick<Database, 'capability'>, capacity: number) =>
  transaction.run<{ tenant_id: string; id: string; fence: number }>(
    `select * from pgscript_engine.claim_executions($1, $2, '1 minute')`,
    [node.capability, capacity],
  )

describe('races', () => {
  const database = useDatabase()
  useEmptyLedger(database)

  const givenOne = async (limits: Record<string, number> = {}) =>
    await givenScript(database, await givenTenant(database, { limits }))
  const cancelIn = async (transaction: OpenTransaction, script: GivenScript, id: string | undefined) =>
    (
      await transaction.run<{ status: string }>('select pgscript.cancel_execution($1, $2) as status', [
        script.tenant.key,
        id,
      ])
    )[0]?.status
  const cancel = async (script: GivenScript, id: string | undefined) =>
    (
      await asOwner<{ status: string }>(database, 'select pgscript.cancel_execution($1, $2) as status', [
        script.tenant.key,
        id,
      ])
    )[0]?.status
  const reserve = async (script: GivenScript) =>
    await asOwner<{ slots: number }>(
      database,
      `select slots from pgscript_engine.reserve_slots('reserving', $1, $2, 1, '1 minute')`,
      [script.tenant.id, script.id],
    )

  describe('a claim against a cancellation', () => {
    test('that has not been committed: the claim passes over, and gets it after a rollback', async () => {
      const script = await givenOne()
      const [id] = await givenExecutions(database, script)
      const cancelling = await openTransaction(database)
      expect(await cancelIn(cancelling, script, id)).toBe('cancelled')
      expect(await claim(database.node, 5)).toEqual([])
      await cancelling.rollback()
      expect((await claimOne(database.node)).id).toBe(id)
    })

    test('that comes second: it waits, and asks the node to stop', async () => {
      const script = await givenOne()
      const [id] = await givenExecutions(database, script)
      const claiming = await openTransaction(database)
      const [claimed] = await claimInto(claiming, database.node, 1)
      const { outcome } = await startAndBlock(database, () => cancel(script, id))
      await claiming.commit()
      expect(await outcome).toBe('running')
      if (!claimed) throw new Error('nothing was claimed')
      expect(await renewLeases(database.node, [reportOn(claimed)], 60)).toEqual(
        new Map([[id, { isCancelled: true }]]),
      )
    })

    test('that waited for a claim which came to nothing: it is cancelled at once', async () => {
      const script = await givenOne()
      const [id] = await givenExecutions(database, script)
      const claiming = await openTransaction(database)
      await claimInto(claiming, database.node, 1)
      const { outcome } = await startAndBlock(database, () => cancel(script, id))
      await claiming.rollback()
      expect(await outcome).toBe('cancelled')
      expect(await wrongCounters(database)).toEqual([])
    })
  })

  test('a claim leaves alone what has been put off while it looked', async () => {
    const script = await givenOne()
    const [id] = await givenExecutions(database, script)
    // Somebody else's claim of the tenant holds this one up, until the execution is due later.
    const queue = await openTransaction(database)
    await queue.run('select from pgscript_engine.tenant_queues where tenant_id = $1 for update', [
      script.tenant.id,
    ])
    const { outcome } = await startAndBlock(database, () => claim(database.node, 1))
    await asOwner(database, `select pgscript.reschedule_execution($1, $2, now() + interval '1 hour')`, [
      script.tenant.key,
      id,
    ])
    await queue.commit()
    expect(await outcome).toEqual([])
  })

  describe('a result against a cancellation', () => {
    test('the result first: it counts, and the cancellation does not wait for it', async () => {
      const script = await givenOne()
      await givenExecutions(database, script)
      const claimed = await claimOne(database.node)
      const completing = await openTransaction(database)
      await completing.run(
        `select pgscript_engine.complete_executions($1, array[$2]::uuid[], array[$3]::uuid[], array[$4]::int[],
           '{completed}', '{1}', array[null]::jsonb[], '{"{}"}', '{"[]"}')`,
        [database.node.nodeId, claimed.tenant_id, claimed.id, claimed.fence],
      )
      expect(await cancel(script, claimed.id)).toBe('running')
      await completing.commit()
      expect(await cancel(script, claimed.id)).toBe('completed')
      expect(await findExecution(database, claimed.id)).toMatchObject({ status: 'completed', output: 1 })
    })

    test('the cancellation first, and its transaction stays open: the node renews and reports all the same', async () => {
      const script = await givenOne()
      await givenExecutions(database, script)
      const claimed = await claimOne(database.node)
      const cancelling = await openTransaction(database)
      expect(await cancelIn(cancelling, script, claimed.id)).toBe('running')

      const lease = { tenantId: claimed.tenant_id, id: claimed.id, fence: claimed.fence }
      expect([...(await renewLeases(database.node, [lease], 60))]).toEqual([
        [claimed.id, { isCancelled: false }],
      ])
      expect([...(await completeExecutions(database.node, [reportOn(claimed)]))]).toEqual([
        [claimed.id, 'final'],
      ])
      await cancelling.commit()
      expect(await findExecution(database, claimed.id)).toMatchObject({ status: 'completed' })
    })

    test('a waiting one, and its transaction stays open: others of the tenant are claimed and recorded', async () => {
      const script = await givenOne()
      const [id] = await givenExecutions(database, script, { count: 2 })
      const cancelling = await openTransaction(database)
      expect(await cancelIn(cancelling, script, id)).toBe('cancelled')
      const [other, ...more] = await claim(database.node, 5)
      if (!other) throw new Error('the other one was not claimed')
      expect(more).toEqual([])
      expect([...(await completeExecutions(database.node, [reportOn(other)]))]).toEqual([[other.id, 'final']])
      await cancelling.commit()
    })

    test('the cancellation first: a failure that comes before the stop is not tried again', async () => {
      const script = await givenOne()
      await givenExecutions(database, script, { maxAttempts: 3 })
      const claimed = await claimOne(database.node)
      await cancel(script, claimed.id)
      const failure = failureOf(claimed, { retryable: true, retryAfterSeconds: 0 })
      expect([...(await failExecutions(database.node, [failure]))]).toEqual([[claimed.id, 'final']])
    })
  })

  describe('a renewal against a takeover', () => {
    test('the takeover first: the renewal waits and learns that the lease is lost', async () => {
      await givenExecutions(database, await givenOne())
      const node = await givenNode(database, 'late')
      const claimed = await claimOne(node)
      await loseNode(database, node)
      const taking = await openTransaction(database)
      await taking.run('select pgscript_engine.requeue_lost()')
      const { outcome } = await startAndBlock(database, () => renewLeases(node, [reportOn(claimed)], 60))
      await taking.commit()
      expect([...(await outcome)]).toEqual([])
      expect(await findExecution(database, claimed.id)).toMatchObject({ status: 'pending', takeovers: 1 })
    })

    test('the renewal first: the takeover does not wait, and leaves it alone', async () => {
      await givenExecutions(database, await givenOne())
      const node = await givenNode(database, 'just-in-time')
      const claimed = await claimOne(node)
      await loseNode(database, node)
      const renewing = await openTransaction(database)
      await renewing.run(
        `select pgscript_engine.renew_leases($1, array[$2]::uuid[], array[$3]::uuid[], array[$4]::int[], '1 minute')`,
        [node.nodeId, claimed.tenant_id, claimed.id, claimed.fence],
      )
      expect(await requeueLost(database, true)).toBe(0)
      await renewing.commit()
      expect(await requeueLost(database, true)).toBe(0)
    })
  })

  describe('for the last free slot', () => {
    test('the claim first: the reservation waits and gets none', async () => {
      const script = await givenOne({ concurrent_runs_per_tenant: 1 })
      await givenExecutions(database, script)
      const claiming = await openTransaction(database)
      expect(await claimInto(claiming, database.node, 5)).toHaveLength(1)
      const { outcome } = await startAndBlock(database, () => reserve(script))
      await claiming.commit()
      expect(await outcome).toEqual([])
      expect(await wrongCounters(database)).toEqual([])
    })

    test.each([
      ['commit', 0],
      ['rollback', 1],
    ] as const)('the reservation first: the claim waits for the %s and gets %i', async (end, count) => {
      const script = await givenOne({ concurrent_runs_per_script: 1 })
      await givenExecutions(database, script)
      const reserving = await openTransaction(database)
      const slots = await reserving.run(
        `select * from pgscript_engine.reserve_slots('other', $1, $2, 1, '1 minute')`,
        [script.tenant.id, script.id],
      )
      expect(slots).toHaveLength(1)
      const { outcome } = await startAndBlock(database, () => claim(database.node, 5))
      await reserving[end]()
      expect(await outcome).toHaveLength(count)
      expect(await wrongCounters(database)).toEqual([])
    })
  })

  test('of two claims of one tenant the second waits, and both keep its limit', async () => {
    const script = await givenOne({ concurrent_runs_per_tenant: 3 })
    await givenExecutions(database, script, { count: 10 })
    const node = await givenNode(database, 'first')
    const first = await openTransaction(database)
    expect(await claimInto(first, node, 2)).toHaveLength(2)
    const { outcome } = await startAndBlock(database, () => claim(database.node, 5))
    await first.commit()
    expect(await outcome).toHaveLength(1)
  })

  test('a claim does not wait for a tenant that another node serves, while others wait', async () => {
    const scripts = [await givenOne(), await givenOne()]
    for (const script of scripts) await givenExecutions(database, script, { count: 2 })
    const node = await givenNode(database, 'first')
    const first = await openTransaction(database)
    const [taken] = await claimInto(first, node, 1)
    const others = await claim(database.node, 5)
    expect(others).toHaveLength(2)
    expect(others.map(({ tenant_id }) => tenant_id)).not.toContain(taken?.tenant_id)
    await first.commit()
  })

  test("a publisher's open transaction holds up nobody, and nobody sees what is in it", async () => {
    const script = await givenOne()
    const [id] = await givenExecutions(database, script)
    const publishing = await openTransaction(database)
    await publishing.run("select pgscript.execute_script($1, $2, '{}')", [script.tenant.key, script.name])
    const claimed = await claim(database.node, 5)
    expect(claimed.map((execution) => execution.id)).toEqual([id])
    await completeExecutions(
      database.node,
      claimed.map((execution) => reportOn(execution)),
    )
    await publishing.commit()
    expect(await claim(database.node, 5)).toHaveLength(1)
  })

  describe('two transactions with one idempotency key', () => {
    const ask = `select pgscript.execute_script($1, $2, '{}', idempotency_key => 'once') as id`
    test.each([
      ['commit', true],
      ['rollback', false],
    ] as const)('the second waits for the %s of the first', async (end, isSame) => {
      const script = await givenOne()
      const parameters = [script.tenant.key, script.name]
      const first = await openTransaction(database)
      const [one] = await first.run<{ id: string }>(ask, parameters)
      const { outcome } = await startAndBlock(database, () =>
        asOwner<{ id: string }>(database, ask, parameters),
      )
      await first[end]()
      const [two] = await outcome
      expect(two?.id === one?.id).toBe(isSame)
      expect((await claim(database.node, 5)).map(({ id }) => id)).toEqual([two?.id])
    })
  })
})
