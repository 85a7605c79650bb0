import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import type { Load, LoadResult } from './http-load.ts'

/** What every row works with. */
export interface Bench {
  /** The node under test. */
  node: { url: string; apiKey: string }
  /** SQL as the role that installed the benchmark's database. */
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>
  /** The server's administrator: for a row that works on a database of its own there. */
  adminUrl: string
  rounds: number
  /** Length of one measurement. */
  seconds: number
  /** Rows that can be long are. */
  full: boolean
}

/** One line of the result: a figure per round, ours and, where there is one, the peer's of the same run. */
export interface Measurement {
  what: string
  unit: string
  ours: Series
  peer?: Series & { name: string }
}

export interface Series {
  rounds: number[]
  /** Milliseconds, the median of the rounds' own percentiles. */
  latency?: { p50: number; p99: number }
}

export interface BenchRow {
  name: string
  /** Takes minutes; runs only with --full or by name. */
  full?: boolean
  run(bench: Bench): Promise<Measurement[]>
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}

/** Sends requests from a process of its own, so that the client's garbage is not the server's. */
export async function putUnderLoad(load: Load): Promise<LoadResult> {
  const child = fork(fileURLToPath(new URL('./http-load.ts', import.meta.url)))
  const exited = once(child, 'exit')
  child.send(load)
  const [result] = (await Promise.race([once(child, 'message'), exited.then(() => [])])) as [LoadResult?]
  await exited
  if (!result) throw new Error('the load generator ended without a result')
  if (result.refused > 0) {
    throw new Error(
      `${result.refused} of ${result.requests} requests to ${load.url} failed: ${result.sample}`,
    )
  }
  return result
}

export function seriesOf(results: readonly LoadResult[]): Series {
  return {
    rounds: results.map(({ requests, seconds }) => requests / seconds),
    latency: {
      p50: median(results.map(({ p50 }) => p50)),
      p99: median(results.map(({ p99 }) => p99)),
    },
  }
}
