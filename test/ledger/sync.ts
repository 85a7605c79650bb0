import { expect } from 'vitest'

import { givenExecutions } from '../support/given-executions.ts'
import { givenScript } from '../support/given-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import type { TestDatabase } from '../support/use-database.ts'
import { setLimits } from './levers.ts'
import { Model, type ModelScript, type ModelTenant } from './model.ts'
import { type FinishedRow, type LiveRow, readLedger, wrongCounters } from './truth.ts'

/** Tenants of their own with two scripts each, and the model of them. */
export async function givenModel(database: TestDatabase, tenants: number): Promise<Model> {
  const made: ModelTenant[] = []
  for (let count = 0; count < tenants; count += 1) {
    const given = await givenTenant(database)
    const tenant: ModelTenant = { ...given, scripts: [], maxRunning: 0, isSuspended: false, started: 0 }
    for (let number = 0; number < 2; number += 1) {
      const script = await givenScript(database, given)
      tenant.scripts.push({ ...script, owner: tenant, maxRunning: 0 })
    }
    await setLimits(database, tenant, { perTenant: 4 + count, perScript: 2 + count })
    made.push(tenant)
  }
  return new Model(made)
}

export interface EnqueueRequest {
  count: number
  priority: number
  later: boolean
  maxAttempts: number
  key: string | null
}

/** Enqueues on both sides; one request a transaction where a key is asked for. */
export async function addExecutions(
  database: TestDatabase,
  model: Model,
  script: ModelScript,
  { count, priority, later, maxAttempts, key }: EnqueueRequest,
): Promise<void> {
  const ids = await givenExecutions(database, script, {
    count,
    priority,
    maxAttempts,
    runIn: later ? '1 day' : '0',
    ...(key !== null && { idempotencyKey: key }),
  })
  expect(ids).toHaveLength(count)
  const keyed = `${script.owner.id} ${key}`
  const known = key === null ? undefined : model.keys.get(keyed)
  if (key !== null) {
    expect(new Set(ids), 'one key, one execution').toEqual(new Set([known ?? ids[0]]))
    model.keys.set(keyed, known ?? ids[0] ?? '')
  }
  const added = known === undefined ? [...new Set(ids)] : []
  for (const id of added) {
    expect(model.byId(id), 'an id is used once').toBeUndefined()
    model.executions.push({
      id,
      script,
      priority,
      maxAttempts,
      runAt: 0,
      isDue: !later,
      attempt: 0,
      takeovers: 0,
      fence: 0,
      status: 'pending',
      holder: null,
      cancelRequested: false,
      leaseEnded: false,
      retries: 0,
      rateLimited: 0,
      errorCode: null,
    })
  }
  await refreshRunAt(database, model)
}

/** Takes the moments over that only the database knows exactly. */
export async function refreshRunAt(database: TestDatabase, model: Model): Promise<void> {
  const { live } = await readLedger(database, tenantIds(model))
  for (const { id, run_at } of live) {
    const execution = model.byId(id)
    if (execution) execution.runAt = run_at
  }
}

function tenantIds(model: Model): string[] {
  return model.tenants.map(({ id }) => id)
}

/** Compares all that the ledger says with the model: nothing lost, nothing doubled, nothing miscounted. */
export async function expectSame(database: TestDatabase, model: Model): Promise<void> {
  const ledger = await readLedger(database, tenantIds(model))
  expect(await wrongCounters(database)).toEqual([])

  const isLive = (status: string) => status === 'pending' || status === 'running'
  const live: LiveRow[] = model.executions
    .filter(({ status }) => isLive(status))
    .map(({ id, script, status, attempt, takeovers, fence, holder, priority, runAt }) => ({
      id,
      tenant_id: script.owner.id,
      status,
      attempt,
      takeovers,
      fence,
      claimed_by: holder,
      priority,
      run_at: runAt,
    }))
  expect(byId(ledger.live)).toEqual(byId(live))

  const finished: FinishedRow[] = model.executions
    .filter(({ status }) => !isLive(status))
    .map(({ id, status, attempt, takeovers, holder, errorCode }) => ({
      id,
      status,
      attempt,
      takeovers,
      node_id: holder,
      error_code: errorCode,
    }))
  expect(byId(ledger.finished)).toEqual(byId(finished))
  expectSameCounts(model, ledger)
}

function expectSameCounts(model: Model, ledger: Awaited<ReturnType<typeof readLedger>>) {
  const leases = model.slots.map(({ script, nodeId, slots, fence }) => ({
    script_id: script.id,
    node_id: nodeId,
    slots,
    fence,
  }))
  const inOrder = (a: { fence: string }, b: { fence: string }) => Number(a.fence) - Number(b.fence)
  expect(ledger.leases.sort(inOrder)).toEqual(leases.sort(inOrder))

  const started = model.tenants
    .filter((tenant) => tenant.started > 0)
    .map((tenant) => [tenant.id, tenant.started])
  expect(ledger.started).toEqual(Object.fromEntries(started))
  const retried = model.executions
    .filter(({ retries }) => retries > 0)
    .map(({ id, retries }) => [id, retries])
  expect(ledger.attempts).toEqual(Object.fromEntries(retried))
}

function byId<Row extends { id: string }>(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => (a.id < b.id ? -1 : 1))
}
