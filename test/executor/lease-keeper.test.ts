import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import type { Database } from '../../src/database/database.ts'
import { claimExecutions } from '../../src/executor/claim-executions.ts'
import { keepLeases } from '../../src/executor/lease-keeper.ts'
import { renewLeases } from '../../src/executor/renew-leases.ts'
import { silentLogger } from '../../src/log.ts'
import { requeueLost } from '../../src/queue/requeue-lost.ts'
import { givenExecutions } from '../support/given-executions.ts'
import { givenScript } from '../support/given-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { until } from '../support/until.ts'
import { useDatabase } from '../support/use-database.ts'
import { loseNode } from '../support/use-ledger.ts'

const lease = { tenantId: 't', id: 'e', fence: 1 }
const leaseSeconds = 10

describe('by the clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'],
    })
  })
  afterEach(() => vi.useRealTimers())

  /** A keeper whose renewals are answered by the test, in the database's stead. */
  function givenKeeper(answer: (ids: string[]) => Promise<{ id: string; is_cancelled: boolean }[]>) {
    const events: string[] = []
    const sent: number[] = []
    const pool = {
      query: async (_: string, [, , ids]: [unknown, unknown, string[]]) => {
        sent.push(performance.now())
        return { rows: await answer(ids) }
      },
    }
    const database = { nodeId: 'test', pool } as unknown as Database
    const keeper = keepLeases({ database, logger: silentLogger, leaseSeconds })
    const hold = (id = 'e') =>
      keeper.hold({ ...lease, id }, performance.now(), {
        lost: () => events.push(`${id} lost`),
        cancelled: () => events.push(`${id} cancelled`),
      })
    return { keeper, events, sent, hold }
  }

  const kept = async (ids: string[]) => ids.map((id) => ({ id, is_cancelled: false }))
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

  test('a lease that is renewed is never lost, a hundred leases long', async () => {
    const { keeper, events, sent, hold } = givenKeeper(kept)
    hold()
    await pass(100 * leaseSeconds * 1000)
    keeper.stop()
    expect(events).toEqual([])
    expect(sent.length).toBeGreaterThanOrEqual(200)
  })

  test('when renewals fail it is lost before it ends in the database, once', async () => {
    const { keeper, events, hold } = givenKeeper(() => Promise.reject(new Error('Connection terminated')))
    hold()
    await pass(leaseSeconds * 1000 - 700)
    expect(events).toEqual([])
    await pass(400)
    expect(events).toEqual(['e lost'])
    await pass(60_000)
    expect(events).toEqual(['e lost'])
    expect(keeper.size()).toBe(0)
    keeper.stop()
  })

  test('when a renewal hangs it is lost as well', async () => {
    const { keeper, events, hold } = givenKeeper(() => new Promise(() => {}))
    hold()
    await pass(leaseSeconds * 1000)
    expect(events).toEqual(['e lost'])
    keeper.stop()
  })

  test('a lease is counted from when its renewal was sent, not from when the answer came', async () => {
    let slow = true
    const { keeper, events, hold } = givenKeeper(async (ids) => {
      if (!slow) throw new Error('Connection terminated')
      slow = false
      await new Promise((resolve) => setTimeout(resolve, 4_000))
      return kept(ids)
    })
    hold()
    // Sent at 3.3 s, answered at 7.3 s: it ends at 13.3 s, and is lost half a second earlier.
    await pass(12_600)
    expect(events).toEqual([])
    await pass(400)
    expect(events).toEqual(['e lost'])
    keeper.stop()
  })

  test('one that a renewal does not name is lost, and the others are not', async () => {
    const { keeper, events, hold } = givenKeeper(async (ids) => kept(ids.filter((id) => id !== 'a')))
    for (const id of ['a', 'b']) hold(id)
    await pass(4_000)
    expect(events).toEqual(['a lost'])
    expect(keeper.size()).toBe(1)
    keeper.stop()
  })

  test('one that was dropped, or claimed again, while a renewal was under way is not lost by it', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { keeper, events, hold } = givenKeeper(async () => {
      await promise
      return []
    })
    hold('dropped')
    hold('again')
    await pass(4_000)
    keeper.drop('dropped')
    hold('again')
    resolve()
    await pass(100)
    expect(events).toEqual([])
    expect(keeper.size()).toBe(1)
    keeper.stop()
  })

  test('of one whose run has ended nothing is told, though it is renewed until it is dropped', async () => {
    const asked: string[][] = []
    const { keeper, events, hold } = givenKeeper(async (ids) => {
      asked.push(ids)
      return asked.length < 3 ? kept(ids) : []
    })
    hold()
    keeper.ended('e')
    await pass(9_000)
    expect(asked).toEqual([['e'], ['e']])
    expect(keeper.size()).toBe(1)
    await pass(2_000)
    expect(keeper.size()).toBe(0)
    expect(events).toEqual([])
    keeper.stop()
  })

  test('a wish to cancel is passed on, and the lease is kept', async () => {
    const { keeper, events, hold } = givenKeeper(async (ids) => ids.map((id) => ({ id, is_cancelled: true })))
    hold()
    await pass(4_000)
    expect(events).toContain('e cancelled')
    expect(keeper.size()).toBe(1)
    keeper.stop()
  })

  test('stopped, it does nothing more', async () => {
    const { keeper, events, sent, hold } = givenKeeper(kept)
    hold()
    keeper.stop()
    await pass(60_000)
    expect({ events, sent }).toEqual({ events: [], sent: [] })
  })
})

describe('against the database', () => {
  const database = useDatabase()

  test('a run is told when another node has taken its execution over', async () => {
    await givenExecutions(database, await givenScript(database, await givenTenant(database)), { count: 2 })
    const claimed = await claimExecutions(database.node, { capacity: 2, leaseSeconds: 60 })
    const [kept, taken] = claimed.map(({ tenant_id, id, fence }) => ({ tenantId: tenant_id, id, fence }))
    if (!kept || !taken) throw new Error('nothing was claimed')
    const lost: string[] = []
    const keeper = keepLeases({ database: database.node, logger: silentLogger, leaseSeconds: 3 })
    for (const held of [kept, taken]) {
      keeper.hold(held, performance.now(), { lost: () => lost.push(held.id), cancelled: () => undefined })
    }
    await loseNode(database, database.node)
    await renewLeases(database.node, [kept], 60)
    await requeueLost(database.node, true)
    await until(() => lost.length > 0)
    expect(lost).toEqual([taken.id])
    expect(keeper.size()).toBe(1)
    keeper.stop()
  })
})
