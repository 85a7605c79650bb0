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
/** pg-boss was fastest with 300 on two cores, tried with 100, 300 and 1,000. A node claims what it has room for. */
const batches = [300, 100]

/**
 * Two nodes in processes of their own claim and complete a batch by turns, with nothing between, until
 * the ledger is empty. Every limit is exact and every execution moves to the history with its result.
 * The peers' queues are drained by two processes as well; none of them keeps limits per tenant.
 */
export const ledgerClaim: BenchRow = {
  name: 'ledger-claim',
  async run(bench) {
    const ledger = await createLedgerDatabase(bench.adminUrl)
    const contestants: Contestant[] = []
    const nodes: LedgerNode[] = []
    try {
      for (const name of ['first', 'second']) nodes.push(await startLedgerNode(ledger, name))
      const four = await Promise.all(Array.from({ length: 4 }, () => ledger.createTenant(4)))
      const one = [await ledger.createTenant(1)]
      for (const batch of batches) {
        const what = `claim + complete, ${batch} each, 2 nodes`
        contestants.push(
          { ...ours(ledger, nodes, four, batch), what: `${what}, 4 tenants × 4 scripts`, batch, mine: true },
          { ...ours(ledger, nodes, one, batch), what: `${what}, 1 tenant, 1 script`, batch, mine: true },
        )
      }
      contestants.push(...(await pgBoss(ledger)), await graphile(ledger, true), await graphile(ledger, false))
      return compare(contestants, await measure(contestants, bench))
    } finally {
      for (const { close } of contestants) await close?.()
      for (const node of nodes) await node.close()
      await ledger.close()
    }
  },
}

interface Contestant {
  what: string
  mine?: boolean
  /** Jobs at a time, where that can be chosen. */
  batch?: number
  /** Fills the queue and drains it; returns jobs per second of the draining. */
  round(): Promise<number>
  close?(): Promise<void>
}

type LedgerNode = Awaited<ReturnType<typeof startLedgerNode>>

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
  const measured = contestants.map((contestant, index) => ({ ...contestant, rounds: rates[index] ?? [] }))
  return measured
    .filter(({ mine }) => mine)
    .flatMap(({ what, batch, rounds }) =>
      measured
        .filter((peer) => !peer.mine && (peer.batch ?? batches[0]) === batch)
        .map((peer) => ({
          what,
          unit: '/s',
          ours: { rounds },
          peer: { name: peer.what, rounds: peer.rounds },
        })),
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
  nodes: readonly LedgerNode[],
  tenants: readonly BenchTenant[],
  batch: number,
): Pick<Contestant, 'round'> {
  return {
    async round() {
      await ledger.fill(tenants, executions)
      const rate = await perSecond(executions, () => Promise.all(nodes.map((node) => node.run({ batch }))))
      const left = await ledger.waiting()
      if (left > 0) throw new Error(`the nodes found nothing more to claim and left ${left} executions`)
      return rate
    },
  }
}

async function pgBoss(ledger: LedgerDatabase): Promise<Contestant[]> {
  const queue = 'bench'
  const boss = new PgBoss({ connectionString: ledger.url, max: 2, supervise: false, schedule: false })
  await boss.start()
  await boss.createQueue(queue)
  const module = new URL('./support/pg-boss-client.ts', import.meta.url)
  const start = () => startClient<PgBossTask, number>(module, { connectionString: ledger.url })
  const clients = [await start(), await start()]
  const withBatch = (batch: number): Contestant => ({
    what: `pg-boss fetch + complete, ${batch} each`,
    batch,
    async round() {
      await boss.insert(
        queue,
        numbered(executions, (number) => ({ data: { number } })),
      )
      return await perSecond(executions, () =>
        Promise.all(clients.map((client) => client.run({ queue, batch }))),
      )
    },
  })
  const close = async () => {
    for (const client of clients) await client.close()
    await boss.stop({ graceful: false })
  }
  return batches.map((batch, index) => (index === 0 ? { ...withBatch(batch), close } : withBatch(batch)))
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
