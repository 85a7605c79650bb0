import { beforeAll, describe, expect, test } from 'vitest'

import {
  type ExecutionState,
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
    const tenants = [await givenTenant(database), await givenTenant(database)]
    for (const tenant of tenants) {
      const script = await givenSource(database, tenant, waits)
      await execute(
        database,
        script,
        Array.from({ length: 25 }, () => ({ ms: 200 })),
      )
    }

    const seen: number[] = []
    let executions: ExecutionState[]
    do {
      executions = (await Promise.all(tenants.map((tenant) => executionsOf(database, tenant)))).flat()
      seen.push(executions.filter(({ status }) => status === 'running').length)
    } while (executions.some(({ finished_at }) => finished_at === null))

    const finished = (await Promise.all(tenants.map((tenant) => whenFinished(database, tenant)))).flat()
    expect(finished.map(({ status, attempt, takeovers }) => [status, attempt, takeovers])).toEqual(
      finished.map(() => ['completed', 1, 0]),
    )
    expect(mostAtOnce(finished)).toBe(slots)
    // A slot is free when its script has ended; the result is on its way to the database for a moment longer.
    expect(Math.max(...seen)).toBeLessThanOrEqual(2 * slots)
    expect(await node.metric('pgscript_leases_lost_total')).toBe(0)
  })

  test('keeps one of them from a tenant that is alone with its backlog', async () => {
    const tenant = await givenTenant(database)
    const script = await givenSource(database, tenant, waits)
    await execute(
      database,
      script,
      Array.from({ length: 20 }, () => ({ ms: 100 })),
    )
    expect(mostAtOnce(await whenFinished(database, tenant))).toBe(slots - 1)
  })
})

describe('a node that has claimed short executions ahead of its slots', () => {
  const database = useDatabase()
  const nodes = useNodes()

  test('gives them back unharmed when it stops, and another one runs each of them once', async () => {
    const environment = { PGSCRIPT_SANDBOX_HOSTS: '1', PGSCRIPT_RUNS_PER_HOST: String(slots) }
    const node = await nodes.start({ database, environment })
    const limits = { concurrent_runs_per_script: 1_000, concurrent_runs_per_tenant: 10_000 }
    const tenant = await givenTenant(database, { limits })
    const script = await givenSource(database, tenant, waits, limits)
    const count = 2_000
    const asked = await execute(
      database,
      script,
      Array.from({ length: count }, () => ({})),
    )
    const ended = async () => {
      const { rows } = await database.owner.query<{ count: number }>(
        "select count(*)::integer from pgscript.executions where tenant_id = $1 and status = 'completed'",
        [tenant.id],
      )
      return rows[0]?.count ?? 0
    }
    await until(async () => (await ended()) > 300)
    expect(await node.stop()).toEqual({ code: 0, signal: null })
    const { rows } = await database.owner.query(
      "select from pgscript_engine.live_executions where tenant_id = $1 and status = 'running'",
      [tenant.id],
    )
    expect(rows).toEqual([])
    const done = await ended()
    expect(done).toBeLessThan(count)

    await nodes.start({ database, environment })
    const finished = await whenFinished(database, tenant, { within: 60_000 })
    expect(finished.map(({ id }) => id).toSorted()).toEqual(asked.toSorted())
    expect(
      finished.filter(
        ({ id, status, attempt, takeovers, output }) =>
          status !== 'completed' ||
          attempt !== 1 ||
          takeovers !== 0 ||
          (output as { execution: string }).execution !== id,
      ),
    ).toEqual([])
    expect(node.said('lease lost')).toBe(false)
  })
})

describe('a node with eight slots', () => {
  const database = useDatabase()
  const nodes = useNodes()

  test("runs one tenant's script while another's endless loops have their share", async () => {
    const environment = { PGSCRIPT_SANDBOX_HOSTS: '1', PGSCRIPT_RUNS_PER_HOST: '8' }
    await nodes.start({ database, environment })
    const [busy, quiet] = [await givenTenant(database), await givenTenant(database)]
    const loop = await givenSource(database, busy, 'export default () => { for (;;); }', {
      wall_time_ms: 20_000,
      cpu_time_ms: 20_000,
    })
    const hello = await givenSource(database, quiet, "export default () => 'hello'")
    await execute(
      database,
      loop,
      Array.from({ length: 40 }, () => ({})),
    )
    await whenRunning(database, busy, 6)

    await execute(database, hello, [{}])
    const [answer] = await whenFinished(database, quiet, { within: 15_000 })

    expect(answer).toMatchObject({ status: 'completed', output: 'hello' })
    // It did not wait for the end of any of them.
    const loops = await executionsOf(database, busy)
    const count = (wanted: string) => loops.filter(({ status }) => status === wanted).length
    expect([count('running'), count('pending')]).toEqual([6, 34])
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
