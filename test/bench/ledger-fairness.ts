import { setTimeout as sleep } from 'node:timers/promises'

import { type BenchRow, median, type Series } from './measure.ts'
import type { ClaimingSettings, Claims } from './support/claiming-node.ts'
import { type BenchTenant, createLedgerDatabase, type LedgerDatabase } from './support/ledger-database.ts'
import { type Client, startClient } from './support/process.ts'
import { until } from './support/until.ts'

const backlog = 100_000
const everyMs = 50
/** The measurement ends before the backlog does. */
const mostSeconds = 10

/**
 * One tenant has 100,000 executions waiting, two nodes work on them; another enqueues one execution every
 * 50 ms. How long from its commit until a node has it, beside the same with nobody else.
 */
export const ledgerFairness: BenchRow = {
  name: 'ledger-fairness',
  async run(bench) {
    const ledger = await createLedgerDatabase(bench.adminUrl)
    const nodes: Client<'report', Claims>[] = []
    try {
      const crowd = await ledger.createTenant(2)
      const single = await ledger.createTenant(1)
      for (const name of ['first', 'second']) {
        nodes.push(
          await startClient(new URL('./support/claiming-node.ts', import.meta.url), {
            ...ledger.nodeSettings(name),
            slots: 100,
            watched: single.id,
          } satisfies ClaimingSettings),
        )
      }
      await delays(ledger, nodes, single, 1)
      const alone = await delays(ledger, nodes, single, mostSeconds / 2)
      await ledger.fill([crowd], backlog)
      const behind = await delays(ledger, nodes, single, mostSeconds)
      return [
        {
          what: `commit → claim, one execution every ${everyMs} ms behind ${backlog.toLocaleString('en')} of another tenant`,
          unit: ' ms',
          ours: series(behind),
          peer: { name: 'alone', ...series(alone) },
        },
      ]
    } finally {
      for (const node of nodes) await node.close()
      await ledger.close()
    }
  },
}

/** Milliseconds from each commit to the claim. */
async function delays(
  ledger: LedgerDatabase,
  nodes: readonly Client<'report', Claims>[],
  tenant: BenchTenant,
  seconds: number,
): Promise<number[]> {
  const committed = new Map<string, number>()
  const claimed = new Map<string, number>()
  const gather = async () => {
    for (const node of nodes) for (const [id, at] of (await node.run('report')).watched) claimed.set(id, at)
    return [...committed.keys()].every((id) => claimed.has(id))
  }
  await gather()
  const end = performance.now() + seconds * 1000
  while (performance.now() < end) {
    const [id] = await ledger.enqueue(tenant, 1)
    if (id) committed.set(id, performance.timeOrigin + performance.now())
    await sleep(everyMs)
  }
  await until(gather, 50)
  // A node may have it before the commit's acknowledgement has reached the client.
  return [...committed].map(([id, at]) => Math.max(0, (claimed.get(id) ?? Number.NaN) - at))
}

/** The median is the figure; the percentiles are beside it. */
function series(values: readonly number[]): Series {
  const sorted = values.toSorted((left, right) => left - right)
  return {
    rounds: [median(sorted)],
    latency: { p50: median(sorted), p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN },
  }
}
