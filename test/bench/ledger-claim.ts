import { makeWorkerUtils } from 'graphile-worker'
import { PgBoss } from 'pg-boss'

import type { Bench, BenchRow, Measurement } from './measure.ts'
import { withoutLog } from './support/graphile-log.ts'
import { type BenchTenant, createLedgerDatabase, type LedgerDatabase } from './support/ledger-database.ts'
import type { Drained } from './support/ledger-node.ts'
import type { PgBossTask } from './support/pg-boss-client.ts'
import { type Client, startClient } from './support/process.ts'
import { until } from './support/until.ts'

/** Executions of one round. */
const executions = 10_000
/** What two workers of graphile-worker do in a second or two without its batching. */
const unbatchedJobs = 2_000
/** pg-boss was fastest with this on two cores, tried with 100, 300 and 1,000. */
const pgBossBatch = 300

/**
 * Two nodes in processes of their own claim 100 and complete 100 by turns, with nothing between, until
 * the ledger is empty. Every limit is exact and every execution moves to the history with its result.
 * The peers' queues are drained by two processes as well; none of them keeps limits per tenant.
 */
export const ledgerClaim: BenchRow = {
  name: 'ledger-claim',
  async run(bench) {
    const ledger = await createLedgerDatabase(bench.adminUrl)
    const contestants: Contestant[] = []
    try {
      const nodes = await Promise.all(['first', 'second'].map((name) => startLedgerNode(ledger, name)))
      const four = await Promise.all(Array.from({ length: 4 }, () => ledger.createTenant(4)))
      contestants.push(
        ours(ledger, nodes, four, 'claim + complete, 2 nodes, 4 tenants × 4 scripts'),
        ours(ledger, nodes, [await ledger.createTenant(1)], 'claim + complete, 2 nodes, 1 tenant, 1 script'),
        await pgBoss(ledger),
        await graphile(ledger, true),
        await graphile(ledger, false),
      )
      return compare(contestants, await measure(contestants, bench))
    } finally {
      for (const { close } of contestants) await close()
      await ledger.close()
    }
  },
}

interface Contestant {
  what: string
  /** Fills the queue and drains it; returns jobs per second of the draining. */
  round(): Promise<number>
  close(): Promise<void>
}

async function measure(contestants: readonly Contestant[], { rounds }: Bench): Promise<number[][]> {
  const rates: number[][] = contestants.map(() => [])
  // One to warm up; then in turns, so that whatever else the machine does meets all of them.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, contestant] of contestants.entries()) {
      const rate = await contestant.round()
      if (round > 0) rates[index]?.push(rate)
    }
  }
  return rates
}

function compare(contestants: readonly Contestant[], rates: readonly number[][]): Measurement[] {
  const named = contestants.map(({ what }, index) => ({ name: what, rounds: rates[index] ?? [] }))
  return named
    .slice(0, 2)
    .flatMap((mine) =>
      named.slice(2).map((peer) => ({ what: mine.name, unit: '/s', ours: { rounds: mine.rounds }, peer })),
    )
}

export function startLedgerNode(
  ledger: LedgerDatabase,
  name: string,
): Promise<Client<{ batch: number; most?: number }, Drained>> {
  return startClient(new URL('./support/ledger-node.ts', import.meta.url), ledger.nodeSettings(name))
}

function ours(
  ledger: LedgerDatabase,
  nodes: readonly Client<{ batch: number }, Drained>[],
  tenants: readonly BenchTenant[],
  what: string,
): Contestant {
  return {
    what,
    async round() {
      await ledger.fill(tenants, executions)
      const rate = await perSecond(executions, () =>
        Promise.all(nodes.map((node) => node.run({ batch: 100 }))),
      )
      const left = await ledger.waiting()
      if (left > 0) throw new Error(`the nodes found nothing more to claim and left ${left} executions`)
      return rate
    },
    async close() {
      for (const node of nodes) await node.close()
    },
  }
}

async function pgBoss(ledger: LedgerDatabase): Promise<Contestant> {
  const queue = 'bench'
  const boss = new PgBoss({ connectionString: ledger.url, max: 2, supervise: false, schedule: false })
  await boss.start()
  await boss.createQueue(queue)
  const module = new URL('./support/pg-boss-client.ts', import.meta.url)
  const start = () => startClient<PgBossTask, number>(module, { connectionString: ledger.url })
  const clients = [await start(), await start()]
  return {
    what: `pg-boss fetch + complete, ${pgBossBatch} each`,
    async round() {
      await boss.insert(
        queue,
        numbered(executions, (number) => ({ data: { number } })),
      )
      return await perSecond(executions, () =>
        Promise.all(clients.map((client) => client.run({ queue, batch: pgBossBatch }))),
      )
    },
    async close() {
      for (const client of clients) await client.close()
      await boss.stop({ graceful: false })
    },
  }
}

async function graphile(ledger: LedgerDatabase, batched: boolean): Promise<Contestant> {
  const jobs = batched ? executions : unbatchedJobs
  const utils = await makeWorkerUtils({ pgPool: ledger.pool, logger: withoutLog })
  await utils.migrate()
  const module = new URL('./support/graphile-client.ts', import.meta.url)
  const start = () => startClient<'start', null>(module, { connectionString: ledger.url, batched })
  const isEmpty = async () =>
    (await ledger.query('select from graphile_worker._private_jobs limit 1')).length === 0
  return {
    what: batched ? 'graphile-worker, local queue, batched' : 'graphile-worker, one job at a time',
    async round() {
      await utils.addJobs(numbered(jobs, (number) => ({ identifier: 'nothing', payload: { number } })))
      const clients = [await start(), await start()]
      try {
        return await perSecond(jobs, async () => {
          await Promise.all(clients.map((client) => client.run('start')))
          await until(isEmpty, 20)
        })
      } finally {
        for (const client of clients) await client.close()
      }
    },
    close: async () => await utils.release(),
  }
}

function numbered<T>(count: number, of: (number: number) => T): T[] {
  return Array.from({ length: count }, (_, number) => of(number))
}

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return count / ((performance.now() - began) / 1000)
}
