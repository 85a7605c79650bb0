import { PgBoss } from 'pg-boss'

import type { BenchRow } from './measure.ts'
import { createLedgerDatabase } from './support/ledger-database.ts'

const executions = 10_000

/** 10,000 executions in one call and one durable commit, beside pg-boss's insert of as many. */
export const ledgerEnqueue: BenchRow = {
  name: 'ledger-enqueue',
  async run({ adminUrl, rounds }) {
    const ledger = await createLedgerDatabase(adminUrl)
    const boss = new PgBoss({ connectionString: ledger.url, max: 2, supervise: false, schedule: false })
    try {
      const tenant = await ledger.createTenant(4)
      await boss.start()
      await boss.createQueue('bench')
      const jobs = Array.from({ length: executions }, (_, number) => ({ data: { number } }))
      const ours: number[] = []
      const theirs: number[] = []
      for (let round = 0; round <= rounds; round += 1) {
        const rate = await perSecond(() => ledger.fill([tenant], executions))
        const peerRate = await perSecond(() => boss.insert('bench', jobs))
        await ledger.query('truncate pgscript_engine.live_executions')
        if (round === 0) continue
        ours.push(rate)
        theirs.push(peerRate)
      }
      return [
        {
          what: `enqueue_executions, ${executions.toLocaleString('en')} in one call`,
          unit: '/s',
          ours: { rounds: ours },
          peer: { name: 'pg-boss insert', rounds: theirs },
        },
      ]
    } finally {
      await boss.stop({ graceful: false })
      await ledger.close()
    }
  },
}

async function perSecond(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return executions / ((performance.now() - began) / 1000)
}
