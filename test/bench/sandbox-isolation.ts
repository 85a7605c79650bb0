import { availableParallelism } from 'node:os'

import { createSandbox, type Sandbox, type SandboxIsolation } from '../../src/sandbox/sandbox.ts'
import { type BenchRow, type Measurement, median, type Series } from './measure.ts'
import { bareContexts } from './support/bare.ts'
import {
  cpuMsOf,
  helloOutput,
  helloSource,
  jobOf,
  percentiles,
  pidsOf,
  whenReady,
} from './support/sandbox-jobs.ts'

const isolations: readonly SandboxIsolation[] = ['realm', 'context', 'isolate']
const lanes = 8
const peer = 'isolated-vm, fresh context'

interface Round {
  perSecond: number
  /** Of hosts and node; steadier on a machine that does other work too. */
  cpuMicros: number
  p50: number
  p99: number
}

/** Executions per second through sandbox hosts for each isolation, beside a fresh context of the bare library. */
export const sandboxIsolation: BenchRow = {
  name: 'sandbox-isolation',
  async run({ rounds, seconds }) {
    const hosts = availableParallelism()
    const sandbox = await createSandbox({ hosts, runsPerHost: lanes, hostMemoryMb: 2048 })
    const seen: Record<string, Round[]> = {}
    const note = (name: string, round: Round) => {
      seen[name] = [...(seen[name] ?? []), round]
    }
    try {
      await whenReady(sandbox, hosts)
      for (let round = 0; round < rounds; round += 1) {
        note('bare', await bareContexts(hosts, seconds))
        for (const isolation of isolations) note(isolation, await throughHosts(sandbox, isolation, seconds))
        note('shared', await throughHosts(sandbox, 'realm', seconds, true))
      }
    } finally {
      await sandbox.close()
    }
    const bare = seriesFrom(seen.bare)
    const names = { realm: 'realm', context: 'context', isolate: 'isolate', shared: 'realm, shared isolates' }
    return Object.entries(names).flatMap(([name, title]): Measurement[] => [
      {
        what: `Sandbox, isolation ${title}, ${lanes} at once`,
        unit: '/s',
        ours: seriesFrom(seen[name]),
        peer: { name: peer, ...bare },
      },
      {
        what: `The same, processor time of hosts and node per run`,
        unit: ' µs',
        ours: { rounds: (seen[name] ?? []).map(({ cpuMicros }) => cpuMicros) },
        peer: { name: peer, rounds: (seen.bare ?? []).map(({ cpuMicros }) => cpuMicros) },
      },
    ])
  },
}

function seriesFrom(results: readonly Round[] = []): Series {
  return {
    rounds: results.map(({ perSecond }) => perSecond),
    latency: { p50: median(results.map(({ p50 }) => p50)), p99: median(results.map(({ p99 }) => p99)) },
  }
}

async function throughHosts(
  sandbox: Sandbox,
  isolation: SandboxIsolation,
  seconds: number,
  shared = false,
): Promise<Round> {
  const jobs = Array.from({ length: lanes }, (_, tenant) =>
    jobOf(helloSource, { tenantId: `${isolation}-${shared}-${tenant}`, isolation, shared }),
  )
  const starts: number[] = []
  const run = async (job: (typeof jobs)[number]) => {
    const result = await sandbox.run(job)
    if (result.output !== helloOutput) throw new Error(JSON.stringify(result))
    return result.metrics.startMs
  }
  await Promise.all(jobs.map(run))
  const cpu = () => [process.pid, ...pidsOf(sandbox)].reduce((sum, pid) => sum + cpuMsOf(pid), 0)
  const cpuBefore = cpu()
  const began = performance.now()
  const lane = async (job: (typeof jobs)[number]) => {
    while (performance.now() - began < seconds * 1000) starts.push(await run(job))
  }
  await Promise.all(jobs.map(lane))
  const perSecond = (starts.length / (performance.now() - began)) * 1000
  return { perSecond, cpuMicros: ((cpu() - cpuBefore) / starts.length) * 1000, ...percentiles(starts) }
}
