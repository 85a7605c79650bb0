import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'

import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts'
import { type BenchRow, type Measurement, median } from './measure.ts'
import { helloSource, jobOf, percentiles, whenReady } from './support/sandbox-jobs.ts'

/** What a tenant may do to others: loops, floods of calls and logs, memory. */
const hazards = [
  '$exports.default = () => { for (;;); }',
  '$exports.default = async () => { for (;;) await null }',
  "$exports.default = async () => { for (;;) console.log('x'.repeat(1000)) }",
  '$exports.default = async () => { for (;;) await sdk.cache.get("k").catch(() => null) }',
  '$exports.default = () => { const a = []; for (;;) a.push(new Uint8Array(1e5).fill(1)) }',
  '$exports.default = () => { throw { get message() { for (;;); } } }',
  '$exports.default = () => "x".repeat(5e6)',
  '$exports.default = () => { for (;;) setTimeout(() => {}, 1) }',
]
const pauseMs = 10

interface Round {
  starts: { p50: number; p99: number }
  delay: { p99: number; max: number }
}

/** Another tenant's small runs while one tenant's hazards take all they can get, and how late the node's own thread is. */
export const sandboxNeighbour: BenchRow = {
  name: 'sandbox-neighbour',
  async run({ rounds, seconds }) {
    const alone: Round[] = []
    const beside: Round[] = []
    const sandbox = await createSandbox({ hosts: 2, runsPerHost: 16, hostMemoryMb: 1024 })
    try {
      await whenReady(sandbox, 2)
      for (let round = 0; round < rounds; round += 1) {
        alone.push(await neighbour(sandbox, seconds))
        const stop = keepBusy(sandbox)
        await sleep(1000)
        beside.push(await neighbour(sandbox, seconds))
        await stop()
      }
    } finally {
      await sandbox.close()
    }
    const delays = (what: string, of: (round: Round) => number): Measurement => ({
      what: `Event loop delay of the node, ${what}, beside hazards`,
      unit: ' µs',
      ours: { rounds: beside.map((round) => of(round) * 1000) },
      peer: { name: 'without', rounds: alone.map((round) => of(round) * 1000) },
    })
    const series = (results: readonly Round[]) => ({
      rounds: results.map(({ starts }) => starts.p50 * 1000),
      latency: {
        p50: median(results.map(({ starts }) => starts.p50)),
        p99: median(results.map(({ starts }) => starts.p99)),
      },
    })
    return [
      {
        what: "A run, from asking to its result, beside another tenant's hazards",
        unit: ' µs',
        ours: series(beside),
        peer: { name: 'alone', ...series(alone) },
      },
      delays('p99', ({ delay }) => delay.p99),
      delays('max', ({ delay }) => delay.max),
    ]
  },
}

/** Keeps one of each hazard going; what a limit has ended begins anew. */
function keepBusy(sandbox: Sandbox): () => Promise<void> {
  const abort = new AbortController()
  const lane = async (source: string) => {
    while (!abort.signal.aborted) {
      const job = jobOf(source, { tenantId: 'hazards' })
      await sandbox.run(job, { signal: abort.signal, onCall: async () => 'null' })
    }
  }
  const lanes = hazards.map(lane)
  return async () => {
    abort.abort()
    await Promise.all(lanes)
  }
}

async function neighbour(sandbox: Sandbox, seconds: number): Promise<Round> {
  const times: number[] = []
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const began = performance.now()
  while (performance.now() - began < seconds * 1000) {
    const at = performance.now()
    const { status } = await sandbox.run(jobOf(helloSource, { tenantId: 'neighbour' }))
    // A host that a hazard took with it costs its neighbours another start.
    if (status === 'completed') times.push(performance.now() - at)
    await sleep(pauseMs)
  }
  delay.disable()
  return { starts: percentiles(times), delay: { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 } }
}
