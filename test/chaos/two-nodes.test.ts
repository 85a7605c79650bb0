import { beforeAll, describe, expect, test } from 'vitest'

import { execute, givenSource, waits, whenFinished } from '../support/executions-of.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { type NodeProcess, useNodes } from '../support/node-process.ts'
import { useDatabase } from '../support/use-database.ts'

const executions = 2_000

describe('two nodes on one database', () => {
  const database = useDatabase()
  const nodes = useNodes()
  let pair: NodeProcess[]

  beforeAll(async () => {
    const environment = { PGSCRIPT_SANDBOX_HOSTS: '1' }
    pair = await Promise.all([nodes.start({ database, environment }), nodes.start({ database, environment })])
  })

  test('share a backlog, and run each execution exactly once', async () => {
    const tenant = await givenTenant(database)
    const script = await givenSource(database, tenant, waits)
    const ids = await execute(
      database,
      script,
      Array.from({ length: executions }, (_, number) => ({ number })),
    )
    expect(new Set(ids).size).toBe(executions)

    const finished = await whenFinished(database, tenant, { within: 60_000 })

    expect(finished.map(({ id }) => id).sort()).toEqual([...ids].sort())
    const wrong = finished.filter(
      ({ id, status, attempt, takeovers, output }) =>
        status !== 'completed' || attempt !== 1 || takeovers !== 0 || !isRunOf(id, output),
    )
    expect(wrong).toEqual([])

    // The history holds one row an execution; only the nodes know how often they ran one.
    const [first = 0, second = 0] = await Promise.all(
      pair.map((node) => node.metric('pgscript_queue_wait_seconds_count')),
    )
    expect(first + second).toBe(executions)
    expect(Math.min(first, second)).toBeGreaterThan(executions / 20)
    for (const node of pair) {
      const recorded = finished.filter(({ node_id }) => node_id === node.nodeId).length
      expect(recorded).toBe(await node.metric('pgscript_executions_total', { status: 'completed' }))
      expect(await node.metric('pgscript_leases_lost_total')).toBe(0)
    }
  })
})

function isRunOf(id: string, output: unknown): boolean {
  return typeof output === 'object' && output !== null && 'execution' in output && output.execution === id
}
