import { setTimeout as pause } from 'node:timers/promises'

import { asOwner } from '../support/call.ts'
import { givenExecutions } from '../support/given-executions.ts'
import type { TestDatabase } from '../support/use-database.ts'
import type { Model, ModelTenant } from './model.ts'
import { exceededLimits, wrongCounters } from './truth.ts'

/** What the storm has done, as those who did it were told. */
export interface Tally {
  enqueued: Set<string>
  final: { id: string; status: string }[]
  errors: unknown[]
  samples: number
  wrong: unknown[]
}

export function oneOf<T>(from: readonly T[]): T {
  const one = from[Math.floor(Math.random() * from.length)]
  if (one === undefined) throw new Error('nothing to choose from')
  return one
}

export async function logged(tally: Tally, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    tally.errors.push(error)
  }
}

/** Everybody who is no node: publishers, people who cancel and change limits, and one who looks. */
export function bystanders(
  database: TestDatabase,
  model: Model,
  tally: Tally,
  until: number,
): Promise<void>[] {
  // The last tenant's limits change all the time, so nobody can say what they were; the others' must hold.
  const fickle = model.tenants.at(-1)
  const steady = model.tenants.filter((tenant) => tenant !== fickle).map(({ id }) => id)
  const repeat = async (ms: number, act: () => Promise<void>) => {
    while (performance.now() < until) {
      await logged(tally, act)
      await pause(ms)
    }
  }
  return [
    repeat(20, () => publish(database, model, tally)),
    repeat(30, () => publish(database, model, tally)),
    repeat(50, () => cancelOne(database, tally)),
    repeat(150, () => changeLimits(database, fickle)),
    repeat(50, async () => {
      tally.wrong.push(...(await wrongCounters(database)), ...(await exceededLimits(database, steady)))
      tally.samples += 1
    }),
  ]
}

async function publish(database: TestDatabase, model: Model, tally: Tally) {
  if (tally.enqueued.size > 3_000) return
  const script = oneOf(model.scripts)
  const ids = await givenExecutions(database, script, {
    count: 1 + Math.floor(Math.random() * 10),
    priority: oneOf([0, 0, 5]),
    maxAttempts: 3,
  })
  for (const id of ids) tally.enqueued.add(id)
}

async function cancelOne(database: TestDatabase, tally: Tally) {
  const id = [...tally.enqueued].at(-1 - Math.floor(Math.random() * 20))
  if (!id) return
  const [row] = await asOwner<{ key: string }>(
    database,
    `select tenant.key from pgscript.executions as execution
     join pgscript.tenants as tenant on tenant.id = execution.tenant_id where execution.id = $1`,
    [id],
  )
  if (row) await asOwner(database, 'select pgscript.cancel_execution($1, $2)', [row.key, id])
}

async function changeLimits(database: TestDatabase, tenant: ModelTenant | undefined) {
  if (!tenant) return
  await asOwner(database, 'select pgscript.upsert_tenant($1, limits => $2, status => $3)', [
    tenant.key,
    {
      concurrent_runs_per_tenant: oneOf([3, 6, 12]),
      concurrent_runs_per_script: oneOf([1, 4, 8]),
    },
    oneOf(['active', 'active', 'suspended']),
  ])
}
