/**
 * Executions per second through sandbox hosts for each isolation, beside bare isolated-vm with a fresh
 * context for each, in one process: `node --no-node-snapshot test/bench/sandbox-isolation.ts`.
 * Processor time is that of this process and the hosts together; on a shared machine it is the steadier figure.
 */
import { readFileSync } from 'node:fs'

import ivm from 'isolated-vm'

import {
  createSandbox,
  type Sandbox,
  type SandboxIsolation,
  type SandboxJob,
} from '../../src/sandbox/sandbox.ts'
import { median } from './measure.ts'

const seconds = Number(process.env.BENCH_SECONDS ?? 2)
const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
const source = 'let count = 0\n$exports.default = (input) => ({ hello: input.name, count: (count += 1) })'
const input = '{"name":"world"}'

interface Round {
  perSecond: number
  cpuMicros: number
  p50: number
  p99: number
}

function jobFor(isolation: SandboxIsolation, tenant: number): SandboxJob {
  const tenantId = `${isolation}-${tenant}`
  return {
    executionId: 'execution',
    tenantId,
    isolation,
    script: {
      key: `${tenantId}/hello`,
      fileName: 'hello.js',
      code: `(async function ($import, $exports) { 'use strict';\n${source}\n})`,
      source,
    },
    input,
    context: '{"tenant":{"id":"1","key":"a","name":"A"},"trigger":{"type":"http"}}',
    limits: {
      wallMs: 10_000,
      cpuMs: 5000,
      memoryMb: 64,
      outputBytes: 1_000_000,
      logLines: 100,
      logBytes: 10_000,
      hostCalls: 20,
    },
  }
}

/** Of a process, user and system, in milliseconds; 0 once it is gone. */
function cpuOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return 0
  }
}

function cpuOfAll(sandbox: Sandbox): number {
  return [process.pid, ...sandbox.stats().hosts.map((host) => host.pid)].reduce(
    (sum, pid) => sum + cpuOf(pid),
    0,
  )
}

async function measure(
  lanes: number,
  cpu: () => number,
  run: (lane: number) => Promise<number>,
): Promise<Round> {
  const starts: number[] = []
  const began = performance.now()
  const cpuBefore = cpu()
  const lane = async (index: number) => {
    while (performance.now() - began < seconds * 1000) starts.push(await run(index))
  }
  await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)))
  const elapsed = performance.now() - began
  starts.sort((a, b) => a - b)
  const at = (share: number) => starts[Math.floor(starts.length * share)] ?? 0
  return {
    perSecond: (starts.length / elapsed) * 1000,
    cpuMicros: ((cpu() - cpuBefore) / starts.length) * 1000,
    p50: at(0.5),
    p99: at(0.99),
  }
}

async function bareContext(): Promise<Round> {
  const isolate = new ivm.Isolate({ memoryLimit: 64 })
  const script = await isolate.compileScript(`(async (input) => {
    const $exports = {}
    await (async function () { 'use strict'; ${source} })()
    return JSON.stringify(await $exports.default(JSON.parse(input)))
  })`)
  const ownCpu = () => (process.cpuUsage().user + process.cpuUsage().system) / 1000
  const round = await measure(1, ownCpu, async () => {
    const started = performance.now()
    const context = await isolate.createContext()
    const main = await script.run(context, { reference: true })
    const ready = performance.now() - started
    await main.apply(undefined, [input], { result: { promise: true, copy: true } })
    main.release()
    context.release()
    return ready
  })
  isolate.dispose()
  return round
}

async function throughHosts(sandbox: Sandbox, isolation: SandboxIsolation): Promise<Round> {
  const lanes = 8
  const jobs = Array.from({ length: lanes }, (_, tenant) => jobFor(isolation, tenant))
  const run = async (lane: number) => {
    const result = await sandbox.run(jobs[lane] as SandboxJob)
    if (result.output !== '{"hello":"world","count":1}') throw new Error(JSON.stringify(result))
    return result.metrics.startMs
  }
  await Promise.all(jobs.map((_, lane) => run(lane)))
  return await measure(lanes, () => cpuOfAll(sandbox), run)
}

/** What hosts hold for each isolate that has run once and waits, from the difference of many and few. */
async function idleMegabytes(isolation: SandboxIsolation): Promise<number> {
  const sandbox = await createSandbox({ hosts: 1, runsPerHost: 100, hostMemoryMb: 2048 })
  const resident = () => sandbox.stats().hosts.reduce((sum, host) => sum + host.residentBytes, 0)
  const warmUp = async (from: number, to: number) => {
    for (let tenant = from; tenant < to; tenant += 1) await sandbox.run(jobFor(isolation, tenant))
    await new Promise((resolve) => setTimeout(resolve, 300))
    return resident()
  }
  const few = await warmUp(0, 10)
  const many = await warmUp(10, 70)
  await sandbox.close()
  return (many - few) / 60 / 1024 / 1024
}

const isolations = ['realm', 'context', 'isolate'] as const
const seen = new Map<string, Round[]>()
const sandbox = await createSandbox({ hosts: 2, runsPerHost: 8, hostMemoryMb: 2048 })
for (let round = 0; round < rounds; round += 1) {
  const note = (name: string, result: Round) => seen.set(name, [...(seen.get(name) ?? []), result])
  note('bare context', await bareContext())
  for (const isolation of isolations) note(isolation, await throughHosts(sandbox, isolation))
}
await sandbox.close()

const table: Record<string, Record<string, string>> = {}
for (const [name, results] of seen) {
  const mid = (of: (round: Round) => number, digits: number) => median(results.map(of)).toFixed(digits)
  table[name] = {
    'runs/s': mid((round) => round.perSecond, 0),
    'cpu µs/run': mid((round) => round.cpuMicros, 0),
    'start p50 ms': mid((round) => round.p50, 2),
    'start p99 ms': mid((round) => round.p99, 2),
    'idle MB': name === 'bare context' ? '' : (await idleMegabytes(name as SandboxIsolation)).toFixed(2),
  }
}
console.table(table)
