import { beforeEach, describe, expect, test } from 'vitest'

import { completeExecutions } from '../../src/executor/report-executions.ts'
import { asOwner } from '../support/call.ts'
import { givenExecutions } from '../support/given-executions.ts'
import { type GivenScript, givenScript } from '../support/given-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import {
  claim,
  claimOne,
  givenNode,
  loseNode,
  reportOn,
  requeueLost,
  useEmptyLedger,
} from '../support/use-ledger.ts'

describe('a node that sleeps is rung for', () => {
  const database = useDatabase()
  useEmptyLedger(database)
  let script: GivenScript

  beforeEach(async () => {
    script = await givenScript(
      database,
      await givenTenant(database, { limits: { concurrent_runs_per_tenant: 1 } }),
    )
  })

  /** How often it rang meanwhile. */
  async function rings(act: () => Promise<unknown>): Promise<number> {
    const listener = await database.owner.connect()
    let count = 0
    const hear = () => {
      count += 1
    }
    listener.on('notification', hear)
    try {
      await listener.query('listen pgscript_work')
      await act()
      // What was committed before an answer has been delivered with it.
      await listener.query('unlisten *')
      return count
    } finally {
      listener.off('notification', hear)
      listener.release()
    }
  }
  const sleep = async () => expect(await claim(database.node, 5)).toEqual([])

  test('when a limit that was full is so no more', async () => {
    await givenExecutions(database, script, { count: 2 })
    const running = await claimOne(database.node)
    await sleep()
    expect(await rings(() => completeExecutions(database.node, [reportOn(running)]))).toBe(1)
    expect(await claim(database.node, 5)).toHaveLength(1)
  })

  test('when reserved slots are given back, or expire', async () => {
    await givenExecutions(database, script)
    const reserve = async (lease: string) =>
      (
        await asOwner<{ fence: string }>(
          database,
          `select fence from pgscript_engine.reserve_slots('web', $1, $2, 1, $3)`,
          [script.tenant.id, script.id, lease],
        )
      )[0]?.fence
    const fence = await reserve('1 hour')
    await sleep()
    const giveBack = () =>
      asOwner(database, `select pgscript_engine.return_slots('web', $1, $2, $3)`, [
        script.tenant.id,
        script.id,
        fence,
      ])
    expect(await rings(giveBack)).toBe(1)

    await reserve('-1 second')
    await sleep()
    expect(await rings(() => requeueLost(database))).toBe(1)
    expect(await claim(database.node, 5)).toHaveLength(1)
  })

  test('when the tenant may run more, or at all', async () => {
    await givenExecutions(database, script, { count: 2 })
    await claimOne(database.node)
    await sleep()
    const limits = { concurrent_runs_per_tenant: 2 }
    const raise = () =>
      asOwner(database, 'select pgscript.upsert_tenant($1, limits => $2)', [script.tenant.key, limits])
    expect(await rings(raise)).toBe(1)
    const set = (status: string) => () =>
      asOwner(database, 'select pgscript.upsert_tenant($1, status => $2)', [script.tenant.key, status])
    await set('suspended')()
    await sleep()
    expect(await rings(set('active'))).toBe(1)
    expect(await claim(database.node, 5)).toHaveLength(1)
  })

  test('when a lost execution is on the queue again', async () => {
    await givenExecutions(database, script)
    const node = await givenNode(database, 'dying')
    await claimOne(node)
    await sleep()
    await loseNode(database, node)
    expect(await rings(() => requeueLost(database))).toBe(1)
  })

  test('and not while it is awake', async () => {
    await givenExecutions(database, script, { count: 3 })
    const running = await claimOne(database.node)
    expect(await rings(() => completeExecutions(database.node, [reportOn(running)]))).toBe(0)
  })
})
