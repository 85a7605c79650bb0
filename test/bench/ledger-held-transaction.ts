import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

import { startLedgerNode } from './ledger-claim.ts'
import type { BenchRow, Measurement } from './measure.ts'
import { type BenchTenant, createLedgerDatabase, type LedgerDatabase } from './support/ledger-database.ts'
import type { Drained, DrainTask } from './support/ledger-node.ts'
import type { Client } from './support/process.ts'
import { until } from './support/until.ts'

const portion = 10_000

/**
 * Somebody holds a transaction open, with a snapshot, while two nodes drain the ledger: no dead row can be
 * removed. How fast the nodes are at the end of it, and how fast after it has ended and autovacuum has
 * been there, beside the first 10,000 executions.
 */
export const ledgerHeldTransaction: BenchRow = {
  name: 'ledger-held-transaction',
  async run(bench) {
    const [executions, seconds] = bench.full ? [1_000_000, 600] : [100_000, 20]
    const ledger = await createLedgerDatabase(bench.adminUrl)
    const nodes: Client<DrainTask, Drained>[] = []
    try {
      for (const name of ['first', 'second']) nodes.push(await startLedgerNode(ledger, name))
      const tenants = [await ledger.createTenant(2), await ledger.createTenant(2)]
      await ledger.fill(tenants, portion)
      await drain(nodes, {})
      await ledger.fill(tenants, executions)
      const first = await drain(nodes, { executions: portion / 2 })
      const { slices, end } = await whileHeld(ledger, nodes, seconds)
      await drain(nodes, {})
      await vacuumed(ledger)
      const after = await refilled(ledger, tenants, nodes)

      const held = `a transaction held open for ${seconds} s, ${executions.toLocaleString('en')} executions`
      const peer = { name: 'the first 10,000', rounds: [first] }
      return [
        { what: `drained during ${held}`, unit: '/s', ours: { rounds: slices }, peer },
        { what: 'at the end of it', unit: '/s', ours: { rounds: [end] }, peer },
        { what: 'after it and autovacuum', unit: '/s', ours: { rounds: after }, peer },
      ] satisfies Measurement[]
    } finally {
      for (const node of nodes) await node.close()
      await ledger.close()
    }
  },
}

async function whileHeld(
  ledger: LedgerDatabase,
  nodes: readonly Client<DrainTask, Drained>[],
  seconds: number,
): Promise<{ slices: number[]; end: number }> {
  const holder = new pg.Client({ connectionString: ledger.url })
  await holder.connect()
  await holder.query('begin isolation level repeatable read')
  await holder.query('select txid_current()')
  const end = performance.now() + seconds * 1000
  const slices: number[] = []
  while (performance.now() < end) {
    const rate = await drain(nodes, { seconds: Math.min(seconds / 10, (end - performance.now()) / 1000) })
    if (rate > 0) slices.push(rate)
    else await sleep(Math.min(1_000, Math.max(0, end - performance.now())))
  }
  await holder.query('rollback')
  await holder.end()
  return { slices, end: slices.at(-1) ?? Number.NaN }
}

/** Autovacuum has been at the hot table since the transaction ended. */
async function vacuumed(ledger: LedgerDatabase) {
  const [began] = await ledger.query<{ now: Date }>('select clock_timestamp() as now')
  await until(
    async () => {
      const [row] = await ledger.query<{ done: boolean }>(
        `select coalesce(last_autovacuum > $1, false) as done from pg_stat_all_tables
       where relid = 'pgscript_engine.live_executions'::regclass`,
        [began?.now],
      )
      return row?.done === true
    },
    250,
    90_000,
  )
}

async function refilled(
  ledger: LedgerDatabase,
  tenants: readonly BenchTenant[],
  nodes: readonly Client<DrainTask, Drained>[],
): Promise<number[]> {
  const rates: number[] = []
  for (let round = 0; round < 3; round += 1) {
    await ledger.fill(tenants, portion)
    rates.push(await drain(nodes, {}))
  }
  return rates
}

/** Executions per second of all nodes together. */
async function drain(
  nodes: readonly Client<DrainTask, Drained>[],
  limits: Pick<DrainTask, 'executions' | 'seconds'>,
): Promise<number> {
  const began = performance.now()
  const drained = await Promise.all(nodes.map((node) => node.run({ batch: 100, ...limits })))
  const executions = drained.reduce((sum, each) => sum + each.executions, 0)
  return executions / ((performance.now() - began) / 1000)
}
