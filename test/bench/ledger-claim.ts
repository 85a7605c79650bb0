import type { Bench, BenchRow, Measurement } from './measure.ts'
import { type BenchTenant, createLedgerDatabase, type LedgerDatabase } from './support/ledger-database.ts'
import type { Drained } from './support/ledger-node.ts'
import { batches, type Contestant, graphile, perSecond, pgBoss } from './support/peers.ts'
import { type Client, startClient } from './support/process.ts'

/** Executions of one round. */
const executions = 10_000
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
