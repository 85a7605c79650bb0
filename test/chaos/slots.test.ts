import { beforeAll, describe, expect, test } from 'vitest'

import {
  type ExecutionState,
  execute,
  executionsOf,
  givenSource,
  waits,
  whenFinished,
} from '../support/executions-of.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { type NodeProcess, useNodes } from '../support/node-process.ts'
import { useDatabase } from '../support/use-database.ts'

const slots = 4

describe('a node with four slots', () => {
  const database = useDatabase()
  const nodes = useNodes()
  let node: NodeProcess

  beforeAll(async () => {
    const environment = { PGSCRIPT_SANDBOX_HOSTS: '1', PGSCRIPT_RUNS_PER_HOST: String(slots) }
    node = await nodes.start({ database, environment })
  })

  test('claims what it has room for, and leaves the rest to wait for anybody', async () => {
    const tenant = await givenTenant(database)
    const script = await givenSource(database, tenant, waits)
    await execute(
      database,
      script,
      Array.from({ length: 50 }, () => ({ ms: 200 })),
    )

    const seen: number[] = []
    let executions: ExecutionState[]
    do {
      executions = await executionsOf(database, tenant)
      seen.push(executions.filter(({ status }) => status === 'running').length)
    } while (executions.some(({ finished_at }) => finished_at === null))

    const finished = await whenFinished(database, tenant)
    expect(finished.map(({ status, attempt, takeovers }) => [status, attempt, takeovers])).toEqual(
      finished.map(() => ['completed', 1, 0]),
    )
    expect(mostAtOnce(finished)).toBe(slots)
    // A slot is free when its script has ended; the result is on its way to the database for a moment longer.
    expect(Math.max(...seen)).toBeLessThanOrEqual(2 * slots)
    expect(await node.metric('pgscript_leases_lost_total')).toBe(0)
  })
})

/** How many of the runs were under way at one moment, by the scripts' own clock. */
function mostAtOnce(executions: readonly ExecutionState[]): number {
  const changes = executions.flatMap(({ output }) => {
    const { from, to } = output as { from: number; to: number }
    return [
      { at: from, change: 1 },
      { at: to, change: -1 },
    ]
  })
  let now = 0
  let most = 0
  // One that ends in the millisecond in which another begins has made room for it.
  for (const { change } of changes.sort((a, b) => a.at - b.at || a.change - b.change)) {
    now += change
    most = Math.max(most, now)
  }
  return most
}
