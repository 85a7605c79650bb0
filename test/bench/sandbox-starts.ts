import { setTimeout as sleep } from 'node:timers/promises'

import { createSandbox, type Sandbox, type SandboxIsolation } from '../../src/sandbox/sandbox.ts'
import { type BenchRow, type Measurement, median } from './measure.ts'
import { helloSource, jobOf, percentiles, pidsOf, residentMb, whenReady } from './support/sandbox-jobs.ts'

const isolations: readonly SandboxIsolation[] = ['realm', 'context', 'isolate']
const pauseMs = 5

/** How long a run waits for its first line: in an isolate that knows its tenant, and in a new one with new source. */
export const sandboxStarts: BenchRow = {
  name: 'sandbox-starts',
  async run({ rounds, seconds }) {
    const warm: number[][] = []
    const cold: number[][] = []
    const sandbox = await createSandbox({ hosts: 2, runsPerHost: 16, hostMemoryMb: 2048 })
    try {
      await whenReady(sandbox, 2)
      for (let round = 0; round < rounds; round += 1) {
        warm.push(await starts(sandbox, seconds, () => helloSource, 'warm'))
        // A tenant each, and a source each: nothing of it has been seen.
        cold.push(await starts(sandbox, seconds, (run) => `${helloSource}\n// ${round} ${run}`, 'cold'))
      }
    } finally {
      await sandbox.close()
    }
    const idle: Measurement[] = []
    for (const isolation of isolations.slice(0, 2)) {
      const rounds = [await idleKilobytes(isolation)]
      idle.push({ what: `Memory of an idle isolate, isolation ${isolation}`, unit: ' KB', ours: { rounds } })
    }
    return [
      startRow('Warm start, dispatch → first line', warm),
      startRow('Cold start, new tenant and source', cold),
      ...idle,
    ]
  },
}

/** One after the other, with a pause: what is measured is the wait, not how much fits. */
async function starts(
  sandbox: Sandbox,
  seconds: number,
  sourceOf: (run: number) => string,
  tenant: 'warm' | 'cold',
): Promise<number[]> {
  const found: number[] = []
  const began = performance.now()
  for (let run = 0; performance.now() - began < seconds * 1000; run += 1) {
    const tenantId = tenant === 'warm' ? tenant : `${tenant} ${began} ${run}`
    const job = jobOf(sourceOf(run), { tenantId, isolation: 'realm' })
    const at = performance.now()
    const { status, metrics } = await sandbox.run(job, { onStart: () => undefined })
    if (status !== 'completed') throw new Error(`a run ended as ${status}`)
    if (run > 0 || tenant === 'cold') found.push(metrics.startMs)
    await sleep(Math.max(0, pauseMs - (performance.now() - at)))
  }
  return found
}

function startRow(what: string, rounds: readonly number[][]): Measurement {
  const each = rounds.map(percentiles)
  return {
    what,
    unit: ' µs',
    ours: {
      rounds: each.map(({ p50 }) => p50 * 1000),
      latency: { p50: median(each.map(({ p50 }) => p50)), p99: median(each.map(({ p99 }) => p99)) },
    },
  }
}

/** What a host holds for each isolate that has run once and waits, from the difference of many and few. */
async function idleKilobytes(isolation: SandboxIsolation): Promise<number> {
  const sandbox = await createSandbox({ hosts: 1, runsPerHost: 100, hostMemoryMb: 4096 })
  try {
    const warmUp = async (from: number, to: number) => {
      for (let tenant = from; tenant < to; tenant += 1)
        await sandbox.run(jobOf(helloSource, { tenantId: String(tenant), isolation }))
      await sleep(300)
      return residentMb(pidsOf(sandbox))
    }
    const few = await warmUp(0, 10)
    return (((await warmUp(10, 70)) - few) / 60) * 1024
  } finally {
    await sandbox.close()
  }
}
