import { DatabaseError } from 'pg'
import { describe, expect, test } from 'vitest'

import type { Database } from '../../src/database/database.ts'
import type { ClaimedExecution } from '../../src/executor/claim-executions.ts'
import { renewLeases } from '../../src/executor/renew-leases.ts'
import {
  completeExecutions,
  failExecutions,
  releaseExecutions,
} from '../../src/executor/report-executions.ts'
import { asOwner } from '../support/call.ts'
import { givenExecutions } from '../support/given-executions.ts'
import { type GivenScript, givenScript } from '../support/given-script.ts'
import { givenTenant, onlyRow } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import { claim, failureOf, givenNode, reportOn, requeueLost, useEmptyLedger } from '../support/use-ledger.ts'

const seed = Number(process.env.PGSCRIPT_TEST_SEED ?? 20261001)

/** The same numbers for the same seed (mulberry32), so that a storm that broke something can be had again. */
function randomFrom(start: number): (below: number) => number {
  let state = start
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** Everything at once, by nodes that also report late, twice, for each other, and lose their leases. */
describe('the ledger in a storm', () => {
  const database = useDatabase()
  useEmptyLedger(database)

  test(`has no deadlock, loses nothing and finishes nothing twice (PGSCRIPT_TEST_SEED=${seed})`, async () => {
    const scripts: GivenScript[] = []
    for (const limits of [{}, { concurrent_runs_per_tenant: 3 }, { concurrent_runs_per_script: 2 }])
      scripts.push(await givenScript(database, await givenTenant(database, { limits })))
    const ids = (
      await Promise.all(
        scripts.map((script) => givenExecutions(database, script, { count: 60, maxAttempts: 2 })),
      )
    ).flat()
    const nodes = await Promise.all(['a', 'b', 'c', 'd'].map((id) => givenNode(database, id)))

    /** By execution: how often a node was told that its result is final. */
    const finals = new Map<string, number>()
    const note = (outcomes: ReadonlyMap<string, string>) => {
      for (const [id, outcome] of outcomes) if (outcome === 'final') finals.set(id, (finals.get(id) ?? 0) + 1)
    }
    let stormy = true

    /** One of the things a node does with what it holds. */
    async function dealWith(node: Database, batch: ClaimedExecution[], action: number): Promise<void> {
      const reports = batch.map((execution) => reportOn(execution))
      if (action === 0) await releaseExecutions(node, reports, false)
      else if (action === 1) await releaseExecutions(node, reports, true)
      else if (action < 4) {
        const failure = { retryable: true, retryAfterSeconds: 0 }
        note(
          await failExecutions(
            node,
            batch.map((execution) => failureOf(execution, failure)),
          ),
        )
      } else {
        // The same report twice, as after a lost connection.
        const answers = [completeExecutions(node, reports), completeExecutions(node, reports.toReversed())]
        for (const outcomes of await Promise.all(answers)) note(outcomes)
      }
    }

    async function nodeLife(node: Database, place: number): Promise<void> {
      const random = randomFrom(seed + place)
      const held: ClaimedExecution[] = []
      while (stormy || held.length > 0) {
        if (random(2) === 0) held.push(...(await claim(node, 1 + random(6))))
        // In no order, and at the same time as the reports: the ledger has to bring order into it.
        const leases = held.map((execution) => reportOn(execution)).toSorted(() => random(3) - 1)
        const batch = held.splice(random(held.length || 1), 1 + random(4))
        await Promise.all([
          renewLeases(node, random(2) === 0 ? leases : [], 60),
          dealWith(node, batch, random(10)),
        ])
      }
    }

    /** Ends random leases and takes them over, as a reaper does whose clock runs far ahead. */
    async function reaperLife(): Promise<void> {
      while (stormy) {
        await asOwner(
          database,
          `update pgscript_engine.live_executions as execution set lease_expires_at = clock_timestamp() - interval '1 second'
           from (
             select tenant_id, id from pgscript_engine.live_executions
             where status = 'running' and random() < 0.1
             order by tenant_id, id for update skip locked
           ) as struck
           where execution.tenant_id = struck.tenant_id and execution.id = struck.id`,
        )
        await requeueLost(database, true)
        stormy = (await asOwner(database, 'select from pgscript_engine.live_executions limit 1')).length > 0
      }
    }

    const lives = [...nodes.map((node, place) => nodeLife(node, place)), reaperLife()]
    const deadline = AbortSignal.timeout(45_000)
    deadline.addEventListener('abort', () => {
      stormy = false
    })
    const settled = await Promise.allSettled(lives)
    stormy = false
    const errors = settled.flatMap((life) => (life.status === 'rejected' ? [life.reason] : []))
    expect(
      errors.map((error) => (error instanceof DatabaseError ? `${error.code} ${error.message}` : error)),
    ).toEqual([])
    expect(deadline.aborted).toBe(false)

    const finished = await asOwner<{ id: string; count: number }>(
      database,
      'select id, count(*)::int as count from pgscript_engine.execution_history where id = any ($1) group by id',
      [ids],
    )
    expect(finished.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
    expect(finished.every(({ count }) => count === 1)).toBe(true)
    expect([...finals.values()].every((times) => times === 1)).toBe(true)
    const counters = await asOwner<{ running: number }>(
      database,
      `select coalesce(sum(running), 0)::int as running from (
         select running from pgscript_engine.tenant_slots union all select running from pgscript_engine.script_slots
       ) as slots`,
    )
    expect(onlyRow(counters).running).toBe(0)
  })
})
