import { beforeAll, describe, expect, test } from 'vitest'

import type { Database } from '../../src/database/database.ts'
import { useDatabase } from '../support/use-database.ts'
import { givenNode } from '../support/use-ledger.ts'
import type { Model } from './model.ts'
import { bystanders, type Tally } from './storm-bystanders.ts'
import { StormNode, slowToCommit } from './storm-node.ts'
import { givenModel } from './sync.ts'
import { exceededLimits, readLedger, wrongCounters } from './truth.ts'

const stormMs = 8_000
const nodeNames = ['storm-a', 'storm-b', 'storm-c']

describe('three nodes at once, in a storm of everything', () => {
  const database = useDatabase()
  const tally: Tally = { enqueued: new Set(), errors: [], final: [], samples: 0, wrong: [] }
  let model: Model
  let nodes: Database[]

  beforeAll(async () => {
    model = await givenModel(database, 5)
    nodes = await Promise.all(nodeNames.map(async (name) => slowToCommit(await givenNode(database, name))))
    const until = performance.now() + stormMs
    await Promise.all([
      // Two of each, so that a node's own statements meet, too.
      ...nodes.flatMap((node) => [0, 1].map(() => new StormNode(node, model, tally).rage(until))),
      ...bystanders(database, model, tally, until),
    ])
    await drain()
  })

  /** No lease is renewed any more: what is left is taken over, and finished by one node. */
  async function drain() {
    const [node] = nodes
    if (!node) return
    await database.owner.query(`
      update pgscript.tenants set limits = '{}', status = 'active';
      update pgscript_engine.live_executions
      set run_at = now() - interval '1 hour', lease_expires_at = lease_expires_at - interval '1 day';
      update pgscript_engine.slot_leases set expires_at = now() - interval '1 day'`)
    await database.node.pool.query('select pgscript_engine.requeue_lost(true)')
    await new StormNode(node, model, tally).finishAll()
  }

  const ids = () => model.tenants.map(({ id }) => id)

  test('nobody fails, least of all by a deadlock', () => {
    expect(tally.errors).toEqual([])
  })

  test('nothing is lost and nothing doubled: each execution has one final state', async () => {
    const { live, finished } = await readLedger(database, ids())
    expect(live).toEqual([])
    expect(new Set(finished.map(({ id }) => id))).toEqual(tally.enqueued)
    expect(finished).toHaveLength(tally.enqueued.size)
    expect(tally.enqueued.size).toBeGreaterThan(100)
  })

  test('no result was accepted twice, and what was accepted is what is written', async () => {
    const { finished } = await readLedger(database, ids())
    const accepted = new Map(tally.final.map(({ id, status }) => [id, status]))
    expect(accepted.size).toBe(tally.final.length)
    const statuses = new Map(finished.map(({ id, status }) => [id, status]))
    for (const [id, status] of accepted) expect([id, statuses.get(id)]).toEqual([id, status])
  })

  test('the limits held and the counters were right at every moment that was looked at', async () => {
    expect(tally.samples).toBeGreaterThan(10)
    expect(tally.wrong).toEqual([])
    expect(await wrongCounters(database)).toEqual([])
    expect(await exceededLimits(database, ids())).toEqual([])
  })

  test('idle, everything is back at zero', async () => {
    const { rows } = await database.owner.query(
      `select running from pgscript_engine.tenant_slots where running <> 0
       union all select running from pgscript_engine.script_slots where running <> 0
       union all select slots from pgscript_engine.slot_leases`,
    )
    expect(rows).toEqual([])
  })
})
