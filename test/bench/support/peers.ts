// pg-boss and graphile-worker, each drained by two processes.
import { makeWorkerUtils } from 'graphile-worker'
import { PgBoss } from 'pg-boss'

import { withoutLog } from './graphile-log.ts'
import type { LedgerDatabase } from './ledger-database.ts'
import type { PgBossTask } from './pg-boss-client.ts'
import { startClient } from './process.ts'
import { until } from './until.ts'

/** Jobs of one round. */
const executions = 10_000
/** What two workers of graphile-worker do in a second or two without its batching. */
const unbatchedJobs = 2_000
/** pg-boss was fastest with 300 on two cores, tried with 100, 300 and 1,000. A node claims what it has room for. */
export const batches = [300, 100]

export interface Contestant {
  what: string
  mine?: boolean
  /** Jobs at a time, where that can be chosen. */
  batch?: number
  /** Fills the queue and drains it; returns jobs per second of the draining. */
  round(): Promise<number>
  close?(): Promise<void>
}

export async function pgBoss(ledger: LedgerDatabase): Promise<Contestant[]> {
  const queue = 'bench'
  const boss = new PgBoss({ connectionString: ledger.url, max: 2, supervise: false, schedule: false })
  await boss.start()
  await boss.createQueue(queue)
  const module = new URL('./pg-boss-client.ts', import.meta.url)
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

export async function graphile(ledger: LedgerDatabase, batched: boolean): Promise<Contestant> {
  const jobs = batched ? executions : unbatchedJobs
  const utils = await makeWorkerUtils({ pgPool: ledger.pool, logger: withoutLog })
  await utils.migrate()
  const module = new URL('./graphile-client.ts', import.meta.url)
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

export async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return count / ((performance.now() - began) / 1000)
}
