import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const program = fileURLToPath(new URL('./bare-isolates.ts', import.meta.url))

async function bare<Result>(what: string, amount: number): Promise<Result> {
  const args = ['--no-node-snapshot', program, what, String(amount)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout)
}

/** A process per core, each with a fresh context for every run. */
export async function bareContexts(processes: number, seconds: number) {
  const results = await Promise.all(
    Array.from({ length: processes }, () =>
      bare<{ perSecond: number; cpuMicros: number; p50: number; p99: number }>('contexts', seconds),
    ),
  )
  const mean = (of: (result: (typeof results)[number]) => number) =>
    results.reduce((sum, result) => sum + of(result), 0) / results.length
  return {
    perSecond: mean(({ perSecond }) => perSecond) * processes,
    cpuMicros: mean(({ cpuMicros }) => cpuMicros),
    p50: mean(({ p50 }) => p50),
    p99: mean(({ p99 }) => p99),
  }
}

/** So many isolates in one process, each awaiting a second. */
export const bareAlive = (count: number) => bare<{ ms: number; peakMb: number }>('alive', count)
