import { beforeAll, describe, expect, test } from 'vitest'

import {
  execute,
  executionsOf,
  givenSource,
  waits,
  whenFinished,
  whenRunning,
} from '../support/executions-of.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { type NodeProcess, useNodes } from '../support/node-process.ts'
import { until } from '../support/until.ts'
import { useDatabase } from '../support/use-database.ts'

const exits = 'pgscript_sandbox_host_exits_total'

describe('a sandbox host that is killed', () => {
  const database = useDatabase()
  const nodes = useNodes()
  let node: NodeProcess

  beforeAll(async () => {
    const environment = { PGSCRIPT_SANDBOX_HOSTS: '2', PGSCRIPT_RUNS_PER_HOST: '8' }
    node = await nodes.start({ database, environment })
    await until(() => node.said('sandbox host started', 2))
  })

  test('costs its own executions a new start, and nobody else anything', async () => {
    const tenant = await givenTenant(database)
    const script = await givenSource(database, tenant, waits)
    const ids = await execute(
      database,
      script,
      Array.from({ length: 8 }, () => ({ ms: 3_000 })),
    )
    await whenRunning(database, tenant, 8)
    await until(async () => (await node.runningIsolates()) === 8)
    const [victim = 0, other = 0] = node.hosts()
    process.kill(victim, 'SIGKILL')

    await until(() => node.hosts().length === 2 && !node.hosts().includes(victim), {
      what: 'a new host is there',
    })
    expect(node.hosts()).toContain(other)
    const finished = await whenFinished(database, tenant)
    expect(finished.map(({ id }) => id).sort()).toEqual([...ids].sort())
    expect(finished.map(({ status, attempt }) => [status, attempt])).toEqual(ids.map(() => ['completed', 1]))
    expect(finished.map(({ output }) => output)).toEqual(
      finished.map(({ id }) => expect.objectContaining({ execution: id })),
    )
    const losses = finished.map(({ takeovers }) => takeovers)
    expect(losses.toSorted()).toEqual([0, 0, 0, 0, 1, 1, 1, 1])
    expect(finished.every(({ node_id }) => node_id === node.nodeId)).toBe(true)
    expect(await node.metric(exits)).toBe(1)
  })

  test('again and again fails an execution in the end, and says why', async () => {
    const tenant = await givenTenant(database)
    const script = await givenSource(database, tenant, waits)
    await execute(database, script, [{ ms: 30_000 }])

    const state = async () => {
      const [{ status, takeovers } = { status: '', takeovers: 0 }] = await executionsOf(database, tenant)
      return { failed: status === 'failed', takeovers }
    }
    // A host that is dead and not yet known to be may be given the run once more, so kills and losses are two counts.
    for (let kills = 0; kills < 4; kills += 1) {
      await until(async () => (await node.runningIsolates()) === 1 || (await state()).failed, {
        what: `it runs after ${kills} kills, or has failed`,
      })
      const { failed, takeovers: before } = await state()
      if (failed) break
      for (const pid of node.hosts()) process.kill(pid, 'SIGKILL')
      await until(async () => {
        const { failed, takeovers } = await state()
        return failed || takeovers > before
      })
    }

    const [finished] = await whenFinished(database, tenant)
    expect(finished).toMatchObject({ status: 'failed', error: { code: 'node_lost' }, takeovers: 3 })
    expect((await fetch(`${node.url}/health/live`)).status).toBe(200)
  })
})
