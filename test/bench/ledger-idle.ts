import { setTimeout as sleep } from 'node:timers/promises'

import type { Bench, BenchRow } from './measure.ts'

const seconds = 20

/** What the node under test asks of its database while nothing is to do: transactions per second, all of them. */
export const ledgerIdle: BenchRow = {
  name: 'ledger-idle',
  async run(bench) {
    // Whatever ran before has ended, and been counted.
    await sleep(11_000)
    const before = await transactions(bench)
    await sleep(seconds * 1000)
    const after = await transactions(bench)
    // The first look is a transaction of its own.
    return [
      {
        what: 'an idle node (all roles): transactions in its database',
        unit: '/s',
        ours: { rounds: [(after - before - 1) / seconds] },
      },
    ]
  },
}

async function transactions({ query }: Bench): Promise<number> {
  const [row] = await query(
    `select (xact_commit + xact_rollback)::int as count from pg_stat_database where datname = current_database()`,
  )
  return Number(row?.count)
}
