import { beforeAll, describe, expect, test } from 'vitest'

import { transaction } from '../../src/database/database.ts'
import { claimExecutions } from '../../src/executor/claim-executions.ts'
import { renewLeases } from '../../src/executor/renew-leases.ts'
import { completeExecutions } from '../../src/executor/report-executions.ts'
import {
  execute,
  executionsOf,
  givenSource,
  waits,
  whenFinished,
  whenRunning,
} from '../support/executions-of.ts'
import { givenTenant, onlyRow } from '../support/given-tenant.ts'
import { type NodeProcess, useNodes } from '../support/node-process.ts'
import { processTable } from '../support/process-table.ts'
import { until } from '../support/until.ts'
import { useDatabase } from '../support/use-database.ts'

const leaseMs = 3_000
/** A lease that was just renewed, and half of one until somebody looks; times five. */
const takeoverMs = 5 * 1.5 * leaseMs
const environment = {
  PGSCRIPT_LEASE_SECONDS: String(leaseMs / 1000),
  PGSCRIPT_SANDBOX_HOSTS: '2',
  // Ten slots a node, of which one tenant may hold eight.
  PGSCRIPT_RUNS_PER_HOST: '5',
}

describe('a node that is lost', () => {
  const database = useDatabase()
  const nodes = useNodes()
  let survivor: NodeProcess

  test('may not report any more once its execution was taken over', async () => {
    const tenant = await givenTenant(database)
    const script = await givenSource(database, tenant, waits)
    await execute(database, script, [{ ms: 2_000 }])
    // This process is the node that is lost: it claims, and never renews.
    const claimed = onlyRow(await claimExecutions(database.node, { capacity: 1, leaseSeconds: 1 }))
    await renewLeases(database.node, [], 1)
    await nodes.start({ database, environment })
    await until(async () => (await executionsOf(database, tenant))[0]?.takeovers === 1, {
      within: takeoverMs,
    })
    await whenRunning(database, tenant, 1)

    const { tenant_id: tenantId, id, fence } = claimed
    const report = { status: 'completed', output: '"late"', error: null, metrics: '{}', logs: '[]' } as const
    const late = { tenantId, id, fence, ...report }
    expect(await completeExecutions(database.node, [late])).toHaveProperty('size', 0)
    const [finished] = await whenFinished(database, tenant)
    expect(finished).toMatchObject({ status: 'completed', attempt: 1, output: { execution: claimed.id } })
    expect(await completeExecutions(database.node, [late])).toHaveProperty('size', 0)
    expect(await executionsOf(database, tenant)).toEqual([finished])
  })

  describe('beside one that lives', () => {
    beforeAll(async () => {
      survivor = await nodes.start({ database, environment })
    })

    test('by SIGKILL: its executions run on the other, its sandbox hosts end', async () => {
      const tenant = await givenTenant(database)
      const script = await givenSource(database, tenant, waits)
      const victim = await nodes.start({ database, environment })
      const ids = await execute(
        database,
        script,
        Array.from({ length: 12 }, () => ({ ms: 4_000 })),
      )
      const running = await whenRunning(database, tenant, 12)
      const orphans = running.filter(({ node_id }) => node_id === victim.nodeId)
      expect(orphans.length).toBeGreaterThan(0)
      expect(orphans.length).toBeLessThan(12)
      const hosts = victim.hosts()
      expect(hosts).toHaveLength(2)

      await victim.kill()
      await until(() => !processTable().some(({ pid }) => hosts.includes(pid)), {
        what: 'its hosts have ended',
      })
      const leases = await leasesOf(victim.nodeId)
      expect(leases.size).toBe(orphans.length)

      const finished = await whenFinished(database, tenant, { within: takeoverMs + 30_000 })
      expect(finished.map(({ id }) => id).sort()).toEqual([...ids].sort())
      for (const { id, status, attempt, takeovers, node_id, started_at, output } of finished) {
        const leaseEnd = leases.get(id)
        expect({ id, status, attempt, takeovers, node_id }).toEqual({
          id,
          status: 'completed',
          attempt: 1,
          takeovers: leaseEnd ? 1 : 0,
          node_id: survivor.nodeId,
        })
        expect(output).toMatchObject({ execution: id })
        if (!leaseEnd) continue
        const wait = Number(started_at) - leaseEnd.getTime()
        expect(wait).toBeGreaterThanOrEqual(0)
        expect(wait).toBeLessThan(takeoverMs)
      }
      expect(await survivor.metric('pgscript_leases_lost_total')).toBe(0)
    })

    test('for a while (SIGSTOP): it stops its runs and discards their results when it is back', async () => {
      const tenant = await givenTenant(database)
      const script = await givenSource(database, tenant, waits)
      const sleeper = await nodes.start({ database, environment })
      // Short ones end in its sandbox hosts while it sleeps, long ones still run when it wakes up.
      const inputs = Array.from({ length: 12 }, (_, number) => ({ ms: number % 2 ? 2_000 : 30_000 }))
      await execute(database, script, inputs)
      const running = await whenRunning(database, tenant, 12)
      const asleep = running.filter(({ node_id }) => node_id === sleeper.nodeId)
      sleeper.signal('SIGSTOP')
      const shortOnes = asleep.filter(({ input }) => input.ms === 2_000)
      expect(shortOnes.length).toBeGreaterThan(0)
      expect(shortOnes.length).toBeLessThan(asleep.length)

      await until(async () => (await leasesOf(sleeper.nodeId)).size === 0, { within: takeoverMs })
      sleeper.signal('SIGCONT')

      // Long before the long ones would have ended by themselves.
      await until(async () => (await sleeper.metric('pgscript_leases_lost_total')) === asleep.length, {
        within: 15_000,
        what: 'every run of the sleeper was stopped or discarded',
      })
      expect(sleeper.log.filter(({ msg }) => msg === 'execution ended')).toEqual([])
      await until(async () => (await sleeper.runningIsolates()) === 0)

      const taken = asleep.map(({ id }) => id)
      const ended = await until(
        async () => {
          const now = await executionsOf(database, tenant)
          const short = now.filter(({ id }) => shortOnes.some((one) => one.id === id))
          return short.every(({ status }) => status === 'completed') && now
        },
        { within: 30_000 },
      )
      for (const { id, attempt, takeovers } of ended) {
        // Waiting ones have given their attempt back.
        expect(attempt).toBeLessThanOrEqual(1)
        expect(takeovers).toBe(taken.includes(id) ? 1 : 0)
      }
      expect(ended).toHaveLength(12)
    })
  })

  test('an execution that was claimed by a node whose connection was cut before it heard of it', async () => {
    const tenant = await givenTenant(database)
    const script = await givenSource(database, tenant, waits)
    const node = await nodes.start({ database, environment })
    // The claim of which the node will not hear, for it is made here: with the request, before anybody sees that.
    await transaction({ pool: database.owner }, async (client) => {
      await client.query('select pgscript.execute_script($1, $2)', [tenant.key, script.name])
      const claimed = await client.query("select from pgscript_engine.claim_for_node($1, 1, '1 second')", [
        node.nodeId,
      ])
      expect(claimed.rowCount).toBe(1)
    })
    await cutClaim(node)

    const [finished] = await whenFinished(database, tenant, { within: takeoverMs })
    expect(finished).toMatchObject({ status: 'completed', attempt: 1, takeovers: 1 })
  })

  /** Holds up the node's next claim until it has been sent, and cuts its connection. */
  async function cutClaim(node: NodeProcess) {
    const client = await database.owner.connect()
    try {
      await client.query('begin; lock table pgscript_engine.live_executions in access exclusive mode')
      const cut = await until(async () => {
        const { rowCount } = await database.owner.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where application_name = $1 and wait_event_type = 'Lock' and query like '%claim_executions%'`,
          [`pgscript ${node.nodeId}`],
        )
        return (rowCount ?? 0) > 0
      })
      expect(cut).toBe(true)
    } finally {
      await client.query('rollback')
      client.release()
    }
  }

  async function leasesOf(nodeId: string): Promise<Map<string, Date>> {
    const { rows } = await database.owner.query<{ id: string; lease_expires_at: Date }>(
      'select id, lease_expires_at from pgscript_engine.live_executions where claimed_by = $1',
      [nodeId],
    )
    return new Map(rows.map((row) => [row.id, row.lease_expires_at]))
  }
})
