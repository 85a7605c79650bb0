// `npm run bench`: what pgscript does per second, beside a peer in the same run. docs/performance.md explains it.
import { availableParallelism, totalmem } from 'node:os'
import { parseArgs } from 'node:util'

import { eventsNode } from './events-node.ts'
import { eventsPublishers } from './events-publishers.ts'
import { httpExecutions } from './http-executions.ts'
import { ledgerClaim } from './ledger-claim.ts'
import { ledgerEnqueue } from './ledger-enqueue.ts'
import { ledgerFairness } from './ledger-fairness.ts'
import { ledgerHeldTransaction } from './ledger-held-transaction.ts'
import { ledgerIdle } from './ledger-idle.ts'
import { ledgerPublishers } from './ledger-publishers.ts'
import type { Bench, BenchRow, Measurement } from './measure.ts'
import { startNodeUnderTest } from './node-under-test.ts'
import { queueDrain } from './queue-drain.ts'
import { table } from './table.ts'

const rows: readonly BenchRow[] = [
  httpExecutions,
  queueDrain,
  ledgerClaim,
  ledgerFairness,
  ledgerPublishers,
  ledgerEnqueue,
  ledgerHeldTransaction,
  ledgerIdle,
  eventsPublishers,
  eventsNode,
]

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** Also what takes minutes. */
    full: { type: 'boolean', default: false },
    /** Names, separated by commas; all of them otherwise. */
    rows: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2.5' },
  },
})

const wanted = chooseRows(values.rows, values.full)
const node = await startNodeUnderTest()
try {
  const bench: Bench = {
    node,
    query: async (text, parameters = []) => (await node.pool.query(text, parameters)).rows,
    adminUrl: node.adminUrl,
    full: values.full,
    rounds: positive('--rounds', values.rounds),
    seconds: positive('--seconds', values.seconds),
  }
  const measurements: Measurement[] = []
  for (const row of wanted) measurements.push(...(await row.run(bench)))

  const machine = {
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    postgresql: node.serverVersion,
  }
  const { rounds, seconds } = bench
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ machine, rounds, seconds, measurements })}\n`
      : table(machine, measurements, { rounds, seconds }),
  )
} finally {
  await node.close()
}

function chooseRows(names: string | undefined, full: boolean): readonly BenchRow[] {
  if (names === undefined) return rows.filter((row) => full || !row.full)
  return names.split(',').map((name) => {
    const row = rows.find((known) => known.name === name.trim())
    if (row) return row
    throw new Error(`There is no row "${name}"; rows are ${rows.map((known) => known.name).join(', ')}.`)
  })
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (value > 0) return value
  throw new Error(`${name} must be a positive number, not "${text}".`)
}
