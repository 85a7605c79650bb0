import { describe, expect, test } from 'vitest'

import type { ClaimedExecution } from '../../../src/executor/claim-executions.ts'
import { completeExecutions } from '../../../src/executor/report-executions.ts'
import { asOwner } from '../../support/call.ts'
import { findExecution, givenExecutions } from '../../support/given-executions.ts'
import { type GivenScript, givenScript, givenScriptOfItsOwn } from '../../support/given-script.ts'
import { givenTenant } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'
import { claim, claimOne, givenNode, reportOn, useEmptyLedger } from '../../support/use-ledger.ts'

describe('pgscript_engine.claim_executions', () => {
  const database = useDatabase()
  useEmptyLedger(database)

  const givenScripts = async (count: number): Promise<GivenScript[]> => {
    const scripts: GivenScript[] = []
    for (let number = 0; number < count; number += 1) scripts.push(await givenScriptOfItsOwn(database))
    return scripts
  }
  /** How many of the executions each script got. */
  const sharesOf = (executions: ClaimedExecution[], scripts: GivenScript[]) =>
    scripts.map((script) => executions.filter(({ script_id }) => script_id === script.id).length)
  /** Claims one after the other and completes at once. */
  async function serve(claims: number, capacity: number): Promise<ClaimedExecution[]> {
    const served: ClaimedExecution[] = []
    for (let turn = 0; turn < claims; turn += 1) {
      const claimed = await claim(database.node, capacity)
      await completeExecutions(
        database.node,
        claimed.map((execution) => reportOn(execution)),
      )
      served.push(...claimed)
    }
    return served
  }

  test('leases an execution to a node', async () => {
    const script = await givenScriptOfItsOwn(database)
    const [id] = await givenExecutions(database, script)
    const [claimed] = await claim(database.node, 5)
    expect(claimed).toMatchObject({
      id,
      tenant_id: script.tenant.id,
      script_id: script.id,
      version: 1,
      attempt: 1,
      fence: 1,
      input: '{"number": 1}',
    })
    const [row] = await asOwner<{ status: string; claimed_by: string; lease: number }>(
      database,
      `select status, claimed_by, extract(epoch from lease_expires_at - started_at)::float as lease
       from pgscript_engine.live_executions where id = $1`,
      [id],
    )
    expect(row).toMatchObject({ status: 'running', claimed_by: database.node.nodeId })
    expect(row?.lease).toBeCloseTo(60, 1)
    expect(await claim(database.node, 5)).toEqual([])
  })

  test('never gives one execution to two of four nodes, and all of them to somebody', async () => {
    const scripts = await givenScripts(3)
    const ids = (
      await Promise.all(scripts.map((script) => givenExecutions(database, script, { count: 15 })))
    ).flat()
    const nodes = await Promise.all(['a', 'b', 'c', 'd'].map((id) => givenNode(database, id)))

    const claims = await Promise.all(
      nodes.map(async (node) => {
        const mine: ClaimedExecution[] = []
        for (let empty = 0; empty < 2; ) {
          const claimed = await claim(node, 4)
          empty = claimed.length > 0 ? 0 : empty + 1
          mine.push(...claimed)
        }
        return mine
      }),
    )

    const claimed = claims.flat().map(({ id }) => id)
    expect(claimed).toHaveLength(45)
    expect(new Set(claimed)).toEqual(new Set(ids))
  })

  test('claims no more than there is room for', async () => {
    await givenExecutions(database, await givenScriptOfItsOwn(database), { count: 10 })
    expect(await claim(database.node, 3)).toHaveLength(3)
    expect(await claim(database.node, 0)).toHaveLength(0)
  })

  test('leaves what is due later', async () => {
    const script = await givenScriptOfItsOwn(database)
    await givenExecutions(database, script, { runIn: '1 hour' })
    const [due] = await givenExecutions(database, script, { runIn: '-1 second' })
    expect((await claim(database.node, 5)).map(({ id }) => id)).toEqual([due])
  })

  test('goes by priority, then by when it was due', async () => {
    const script = await givenScriptOfItsOwn(database)
    const order: string[] = []
    for (const [priority, runIn] of [
      [-1, '-1 hour'],
      [0, '-1 minute'],
      [0, '-2 minutes'],
      [5, '0'],
      [5, '-1 second'],
    ] as const)
      order.push(...(await givenExecutions(database, script, { priority, runIn })))
    const served = []
    for (let turn = 0; turn < 5; turn += 1) served.push((await claimOne(database.node)).id)
    expect(served).toEqual([order[4], order[3], order[2], order[1], order[0]])
  })

  describe('shares the nodes among tenants', () => {
    test('equally', async () => {
      const scripts = await givenScripts(3)
      for (const script of scripts) await givenExecutions(database, script, { count: 10 })
      expect(sharesOf(await claim(database.node, 6), scripts)).toEqual([2, 2, 2])
      expect(sharesOf(await claim(database.node, 9), scripts)).toEqual([3, 3, 3])
    })

    test('one after the other where there is room for one only', async () => {
      const scripts = await givenScripts(3)
      for (const script of scripts) await givenExecutions(database, script, { count: 10 })
      expect(sharesOf(await serve(9, 1), scripts)).toEqual([3, 3, 3])
    })

    test('so that a backlog of one does not hold up the single execution of another', async () => {
      const [busy, quiet] = (await givenScripts(2)) as [GivenScript, GivenScript]
      await givenExecutions(database, busy, { count: 60, runIn: '-1 hour' })
      await serve(10, 2)
      const [single] = await givenExecutions(database, quiet)
      expect((await claim(database.node, 2)).map(({ id }) => id)).toContain(single)
    })

    test('by weight', async () => {
      const scripts = (await givenScripts(2)) as [GivenScript, GivenScript]
      await asOwner(database, 'update pgscript_engine.tenant_limits set weight = 3 where tenant_id = $1', [
        scripts[0].tenant.id,
      ])
      for (const script of scripts) await givenExecutions(database, script, { count: 40 })
      expect(sharesOf(await serve(8, 4), scripts)).toEqual([24, 8])
    })

    test('by weight where there is room for one only', async () => {
      const scripts = (await givenScripts(2)) as [GivenScript, GivenScript]
      await asOwner(database, 'update pgscript_engine.tenant_limits set weight = 3 where tenant_id = $1', [
        scripts[0].tenant.id,
      ])
      for (const script of scripts) await givenExecutions(database, script, { count: 20 })
      const [heavy = 0, light = 0] = sharesOf(await serve(16, 1), scripts)
      expect(heavy).toBeGreaterThanOrEqual(11)
      expect(light).toBeGreaterThanOrEqual(3)
    })

    test('and gives what a short queue leaves over to the others', async () => {
      const scripts = await givenScripts(2)
      await givenExecutions(database, scripts[0] as GivenScript, { count: 1 })
      await givenExecutions(database, scripts[1] as GivenScript, { count: 10 })
      expect(sharesOf(await claim(database.node, 8), scripts)).toEqual([1, 7])
    })

    test.each([
      ['that was idle', 1],
      ['that was idle, with room for two', 2],
    ])('and a tenant %s has saved nothing up', async (_, capacity) => {
      const [worked, idle] = (await givenScripts(2)) as [GivenScript, GivenScript]
      await givenExecutions(database, worked, { count: 60, runIn: '-1 hour' })
      await serve(30, 1)
      await givenExecutions(database, idle, { count: 20 })
      const shares = sharesOf(await serve(10 / capacity, capacity), [worked, idle])
      expect(Math.min(...shares)).toBeGreaterThanOrEqual(4)
    })

    test('and a tenant that has done much owes nothing once it was idle', async () => {
      const [worked, fresh] = (await givenScripts(2)) as [GivenScript, GivenScript]
      await givenExecutions(database, worked, { count: 30 })
      await serve(30, 1)
      await givenExecutions(database, fresh, { count: 20, runIn: '-1 hour' })
      await serve(2, 1)
      await givenExecutions(database, worked, { count: 20 })
      expect(Math.min(...sharesOf(await serve(10, 1), [worked, fresh]))).toBeGreaterThanOrEqual(4)
    })
  })

  describe('gives no tenant more of a node than it may hold there', () => {
    test('alone, and while others wait, who get the rest', async () => {
      const [busy, quiet] = (await givenScripts(2)) as [GivenScript, GivenScript]
      await givenExecutions(database, busy, { count: 20, runIn: '-1 hour' })
      expect(sharesOf(await claim(database.node, 8, { mostPerTenant: 6 }), [busy, quiet])).toEqual([6, 0])

      await givenExecutions(database, quiet, { count: 1 })
      const held = new Map([[busy.tenant.id, 4]])
      expect(sharesOf(await claim(database.node, 8, { mostPerTenant: 6, held }), [busy, quiet])).toEqual([
        2, 1,
      ])
    })

    test('and what one may not have goes to another with more', async () => {
      const [full, other] = (await givenScripts(2)) as [GivenScript, GivenScript]
      for (const script of [full, other]) await givenExecutions(database, script, { count: 20 })
      const held = new Map([
        [full.tenant.id, 5],
        [other.tenant.id, 1],
      ])
      expect(sharesOf(await claim(database.node, 6, { mostPerTenant: 6, held }), [full, other])).toEqual([
        1, 5,
      ])
    })

    test('whatever it holds on other nodes', async () => {
      const script = await givenScriptOfItsOwn(database)
      await givenExecutions(database, script, { count: 20 })
      expect(await claim(database.node, 6, { mostPerTenant: 6 })).toHaveLength(6)
      const other = await givenNode(database, 'with slots of its own')
      expect(await claim(other, 8, { mostPerTenant: 6 })).toHaveLength(6)
    })

    test('and one that holds its share is passed over, without a lock, and owes nothing for it', async () => {
      const [full, other] = (await givenScripts(2)) as [GivenScript, GivenScript]
      await givenExecutions(database, full, { count: 20, runIn: '-1 hour' })
      const share = { mostPerTenant: 6, held: new Map([[full.tenant.id, 6]]) }
      const clock = async () =>
        await asOwner(
          database,
          'select virtual_time from pgscript_engine.tenant_queues where tenant_id = $1',
          [full.tenant.id],
        )
      const before = await clock()
      const client = await database.owner.connect()
      try {
        await client.query('begin')
        await client.query('select from pgscript_engine.tenant_queues where tenant_id = $1 for update', [
          full.tenant.id,
        ])
        await client.query("set local statement_timeout = '10s'")
        expect(await claim(database.node, 2, share)).toEqual([])
        await givenExecutions(database, other)
        expect(sharesOf(await claim(database.node, 2, share), [full, other])).toEqual([0, 1])
      } finally {
        await client.query('rollback')
        client.release()
      }
      expect(await clock()).toEqual(before)
    })
  })

  describe('is not held up by a tenant that may run no more', () => {
    test.each([
      ['at its own limit', { concurrent_runs_per_tenant: 1 }],
      ['with its scripts at theirs', { concurrent_runs_per_script: 1 }],
    ])('%s', async (_, limits) => {
      const full = await givenScript(database, await givenTenant(database, { limits }))
      const other = await givenScriptOfItsOwn(database)
      await givenExecutions(database, other, { count: 5, runIn: '-1 hour' })
      await serve(4, 1)
      await givenExecutions(database, full, { count: 5, runIn: '-1 hour' })
      const running = []
      for (let turn = 0; turn < 2; turn += 1) running.push(...(await claim(database.node, 1)))
      expect(sharesOf(running, [full, other])).toEqual([1, 1])

      await givenExecutions(database, other)
      expect(sharesOf(await claim(database.node, 1), [full, other])).toEqual([0, 1])
      expect(await claim(database.node, 1)).toEqual([])
    })
  })

  test('passes over a tenant whose queue another node holds, and serves the others', async () => {
    const scripts = (await givenScripts(2)) as [GivenScript, GivenScript]
    for (const script of scripts) await givenExecutions(database, script, { count: 4 })
    const other = await database.owner.connect()
    try {
      await other.query('begin')
      await other.query('select from pgscript_engine.tenant_queues where tenant_id = $1 for update', [
        scripts[0].tenant.id,
      ])
      expect(sharesOf(await claim(database.node, 8), scripts)).toEqual([0, 4])
    } finally {
      await other.query('rollback')
      other.release()
    }
  })

  test('passes over an execution that somebody else has locked', async () => {
    const [locked, free] = await givenExecutions(database, await givenScriptOfItsOwn(database), { count: 2 })
    const other = await database.owner.connect()
    try {
      await other.query('begin')
      await other.query('select from pgscript_engine.live_executions where id = $1 for update', [locked])
      expect((await claim(database.node, 2)).map(({ id }) => id)).toEqual([free])
    } finally {
      await other.query('rollback')
      other.release()
    }
    expect((await claim(database.node, 2)).map(({ id }) => id)).toEqual([locked])
  })

  test('leaves the executions of a suspended tenant where they are', async () => {
    const script = await givenScriptOfItsOwn(database)
    const [id = ''] = await givenExecutions(database, script)
    await asOwner(database, "select pgscript.upsert_tenant($1, status => 'suspended')", [script.tenant.key])
    expect(await claim(database.node, 1)).toEqual([])
    expect(await findExecution(database, id)).toMatchObject({ status: 'pending' })
    await asOwner(database, "select pgscript.upsert_tenant($1, status => 'active')", [script.tenant.key])
    expect(await claim(database.node, 1)).toHaveLength(1)
  })

  test('writes a node down as asleep when it comes away with nothing, and as awake with the next', async () => {
    const node = await givenNode(database, 'sleeper')
    const isAsleep = async () =>
      (
        await asOwner<{ asleep: boolean }>(
          database,
          "select asleep from pgscript_engine.nodes where id = 'sleeper'",
        )
      )[0]?.asleep
    await claim(node, 1)
    expect(await isAsleep()).toBe(true)
    await givenExecutions(database, await givenScriptOfItsOwn(database))
    await claim(node, 1)
    expect(await isAsleep()).toBe(false)
  })
})
