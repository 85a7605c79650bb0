import { describe, expect, test } from 'vitest'

import { renewLeases } from '../../../src/executor/renew-leases.ts'
import { completeExecutions } from '../../../src/executor/report-executions.ts'
import { asOwner } from '../../support/call.ts'
import { givenExecutions } from '../../support/given-executions.ts'
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

describe('pgscript_engine.renew_leases', () => {
  const database = useDatabase()
  useEmptyLedger(database)

  const leaseOf = async (id: string) =>
    (
      await asOwner<{ seconds: number }>(
        database,
        `select extract(epoch from lease_expires_at - clock_timestamp())::float as seconds
         from pgscript_engine.live_executions where id = $1`,
        [id],
      )
    )[0]?.seconds

  /** The ids it still holds. */
  const renew = async (...call: Parameters<typeof renewLeases>) => [...(await renewLeases(...call)).keys()]

  test("extends a lease from now, by the database's clock", async () => {
    await givenExecutions(database, await givenScriptOfItsOwn(database))
    const claimed = await claimOne(database.node)
    expect(await renew(database.node, [reportOn(claimed)], 600)).toEqual([claimed.id])
    expect(await leaseOf(claimed.id)).toBeGreaterThan(590)
    expect(await leaseOf(claimed.id)).toBeLessThanOrEqual(600)
  })

  test('tells the node which leases it has lost', async () => {
    await givenExecutions(database, await givenScriptOfItsOwn(database), { count: 4 })
    const node = await givenNode(database, 'renewing')
    const claimed = await claim(node, 4)
    const [kept, finished, refenced, unknown] = claimed.map((execution) => reportOn(execution))
    if (!kept || !finished || !refenced || !unknown) throw new Error('four were claimed')
    await completeExecutions(node, [finished])
    const leases = [kept, finished, { ...refenced, fence: 2 }, { ...unknown, id: kept.tenantId }]
    expect(await renew(node, leases, 600)).toEqual([kept.id])
    expect(await leaseOf(refenced.id)).toBeLessThanOrEqual(60)
  })

  test('refuses a node that does not hold them', async () => {
    await givenExecutions(database, await givenScriptOfItsOwn(database))
    const claimed = await claimOne(database.node)
    expect(await renew(await givenNode(database, 'thief'), [reportOn(claimed)], 600)).toEqual([])
    expect(await leaseOf(claimed.id)).toBeLessThanOrEqual(60)
  })

  test('saves a lease that has ended, as long as nobody has taken the execution', async () => {
    await givenExecutions(database, await givenScriptOfItsOwn(database))
    const node = await givenNode(database, 'slow')
    const claimed = await claimOne(node)
    await loseNode(database, node)
    expect(await renew(node, [reportOn(claimed)], 60)).toEqual([claimed.id])
    expect(await requeueLost(database, true)).toBe(0)

    await loseNode(database, node)
    expect(await requeueLost(database)).toBe(1)
    expect(await renew(node, [reportOn(claimed)], 60)).toEqual([])
  })

  test('marks the node as seen, with nothing to renew as well', async () => {
    const node = await givenNode(database, 'idle')
    await asOwner(
      database,
      "update pgscript_engine.nodes set seen_at = now() - interval '1 hour' where id = 'idle'",
    )
    expect(await renew(node, [], 60)).toEqual([])
    const [row] = await asOwner<{ age: number }>(
      database,
      "select extract(epoch from clock_timestamp() - seen_at)::float as age from pgscript_engine.nodes where id = 'idle'",
    )
    expect(row?.age).toBeLessThan(60)
  })
})
