import { setTimeout as sleep } from 'node:timers/promises'

import type { Bench, BenchRow } from './measure.ts'

/** Large enough to outlast the claim's ramp, small enough for a minute's benchmark. */
const executions = 2_000

/** Executions enqueued by one SQL transaction, until the node has recorded the last of them. */
export const queueDrain: BenchRow = {
  name: 'queue-drain',
  async run(bench) {
    const enqueued: number[] = []
    const drained: number[] = []
    for (let round = 0; round < bench.rounds; round += 1) {
      const finishedBefore = await finished(bench)
      const began = performance.now()
      await bench.query(
        `select count(pgscript.execute_script('demo', 'hello', jsonb_build_object('name', number::text)))
         from generate_series(1, $1::int) as number`,
        [executions],
      )
      const committed = performance.now()
      while ((await finished(bench)) - finishedBefore < executions) await sleep(20)
      enqueued.push(executions / ((committed - began) / 1000))
      drained.push(executions / ((performance.now() - committed) / 1000))
    }
    return [
      { what: `SQL enqueue, ${executions} in one transaction`, unit: '/s', ours: { rounds: enqueued } },
      { what: 'Queue drained, from that commit to the last record', unit: '/s', ours: { rounds: drained } },
    ]
  },
}

/** How many executions the node has brought to an end, by its own count. */
async function finished({ node }: Bench): Promise<number> {
  const text = await (await fetch(`${node.url}/metrics`)).text()
  const values = [...text.matchAll(/^pgscript_executions_total\{.*\} (\d+)$/gm)].map((match) =>
    Number(match[1]),
  )
  return values.reduce((sum, value) => sum + value, 0)
}
