import { describe, expect, test } from 'vitest'

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

describe('a node that is told to stop', () => {
  const database = useDatabase()
  const nodes = useNodes()

  test.for<[string, (node: NodeProcess) => void | Promise<void>]>([
    ['SIGTERM to the node', (node) => node.signal('SIGTERM')],
    ['SIGINT to the node', (node) => node.signal('SIGINT')],
    ['Ctrl-C, which every process of the terminal gets', (node) => node.signalGroup('SIGINT')],
    [
      'Ctrl-C that npm passes on as well',
      async (node) => {
        node.signalGroup('SIGINT')
        await until(() => node.said('draining'))
        node.signal('SIGINT')
      },
    ],
  ])('by %s: lets short runs finish and gives long ones back unharmed', async ([, stop]) => {
    const tenant = await givenTenant(database)
    const script = await givenSource(database, tenant, waits)
    const environment = { PGSCRIPT_SANDBOX_HOSTS: '1', PGSCRIPT_DRAIN_SECONDS: '3' }
    const node = await nodes.start({ database, environment })
    await execute(database, script, [{ ms: 1_500 }, { ms: 4_500 }])
    await until(async () => (await node.runningIsolates()) === 2)

    const asked = performance.now()
    await stop(node)
    const other = await nodes.start({ database, environment })
    expect(await node.ended).toEqual({ code: 0, signal: null })
    expect(performance.now() - asked).toBeLessThan(15_000)
    expect(node.processes()).toEqual([])

    const finished = await whenFinished(database, tenant, { within: 45_000 })
    const ends = finished.map(({ input, status, attempt, takeovers, node_id }) => [
      input.ms,
      ...[status, attempt, takeovers, node_id],
    ])
    expect(ends).toEqual([
      [1_500, 'completed', 1, 0, node.nodeId],
      [4_500, 'completed', 1, 0, other.nodeId],
    ])
    const { rows } = await database.owner.query('select from pgscript_engine.nodes where id = $1', [
      node.nodeId,
    ])
    expect(rows).toEqual([])
  })

  test('answers who waits for a result before it goes, and takes nobody new', async () => {
    const tenant = await givenTenant(database)
    const script = await givenSource(database, tenant, waits)
    const { rows } = await database.owner.query<{ key: string }>(
      "select pgscript.create_api_key($1, 'test', array['scripts.execute', 'executions.read']) as key",
      [tenant.key],
    )
    const environment = { PGSCRIPT_SANDBOX_HOSTS: '1', PGSCRIPT_DRAIN_SECONDS: '60' }
    const node = await nodes.start({ database, environment })
    const post = (input: unknown) =>
      fetch(`${node.url}/api/executions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${rows[0]?.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ script: script.name, input, wait: 30 }),
      })
    const answer = post({ ms: 2_000 })
    await until(async () => (await node.runningIsolates()) === 1)
    node.signal('SIGTERM')
    await until(() => node.said('draining'))
    await expect(
      until(
        () =>
          post({}).then(
            () => false,
            () => true,
          ),
        { within: 5_000 },
      ),
    ).resolves.toBe(true)

    expect(await (await answer).json()).toMatchObject({ status: 'completed' })
    const answered = performance.now()
    expect(await node.ended).toEqual({ code: 0, signal: null })
    // The caller's connection, kept alive, does not keep the node.
    expect(performance.now() - answered).toBeLessThan(10_000)
  })

  test('ends at once when it is told twice, and its run goes on elsewhere when the lease is over', async () => {
    const tenant = await givenTenant(database)
    const script = await givenSource(database, tenant, waits)
    const environment = {
      PGSCRIPT_SANDBOX_HOSTS: '1',
      PGSCRIPT_LEASE_SECONDS: '2',
      PGSCRIPT_DRAIN_SECONDS: '60',
    }
    const node = await nodes.start({ database, environment })
    await execute(database, script, [{ ms: 6_000 }])
    await whenRunning(database, tenant, 1)
    node.signal('SIGTERM')
    await until(() => node.said('draining'))
    // What comes within a second is the same wish.
    const drainingSince = performance.now()
    await until(() => performance.now() - drainingSince > 1_000)
    const asked = performance.now()
    node.signal('SIGTERM')
    expect(await node.ended).toEqual({ code: 1, signal: null })
    expect(performance.now() - asked).toBeLessThan(2_000)
    await until(() => node.processes().length === 0, { within: 5_000 })
    expect(await executionsOf(database, tenant)).toMatchObject([{ status: 'running' }])

    await nodes.start({ database, environment })
    expect(await whenFinished(database, tenant)).toMatchObject([
      { status: 'completed', attempt: 1, takeovers: 1 },
    ])
  })
})
