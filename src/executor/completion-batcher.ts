import { DatabaseError } from 'pg'

import type { Database } from '../database/database.ts'
import type { Logger } from '../log.ts'
import type { Lease } from './lease.ts'
import {
  completeExecutions,
  failExecutions,
  type Outcomes,
  type Report,
  releaseExecutions,
} from './report-executions.ts'

export type Outcome = 'final' | 'will be retried' | 'refused'

export interface CompletionBatcher {
  /** Hands a result in; `refused` when the lease had been lost. */
  report(report: Report): Promise<Outcome>
  /** Gives an execution back whose sandbox host died (`lost`) or whose node drains. */
  release(lease: Lease, lost: boolean): Promise<void>
  /** Resolves when everything handed in has been answered. */
  idle(): Promise<void>
}

export interface BatcherOptions {
  database: Database
  logger: Logger
  /** Ends the retries of a flush that cannot reach the database. */
  giveUp: AbortSignal
}

interface Entry {
  kind: 'complete' | 'fail' | 'release' | 'lost'
  lease: Lease
  report?: Report
  /** It stands in for a result that could not be stored. */
  substitute?: boolean
  settle(outcome: Outcome): void
}

/** Enough to fill a statement; more only makes its neighbours wait. */
const largestBatch = 200

/**
 * Group commit for results: while one flush is under way, what finishes meanwhile waits for the next,
 * so a busy node commits hundreds at once and an idle one commits each at once.
 *
 * A flush that fails for the connection is tried again until it succeeds or `giveUp` fires (the leases
 * end on their own). One that fails for its data is split, so that a result which cannot be stored
 * costs itself only: it is recorded as failed, `result_not_storable`.
 */
export function createCompletionBatcher(options: BatcherOptions): CompletionBatcher {
  const { database, logger, giveUp } = options
  const queue: Entry[] = []
  let flushing: Promise<void> | undefined

  function add(entry: Omit<Entry, 'settle'>): Promise<Outcome> {
    return new Promise((settle) => {
      queue.push({ ...entry, settle })
      flushing ??= flushAll().finally(() => {
        flushing = undefined
      })
    })
  }

  async function flushAll() {
    // Lets everything that finishes in this turn of the event loop join.
    await new Promise(setImmediate)
    while (queue.length > 0) {
      const batch = queue.splice(0, largestBatch)
      const kinds = Map.groupBy(batch, (entry) => entry.kind)
      await Promise.all([...kinds.values()].map(flush))
    }
  }

  async function flush(entries: Entry[]): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const outcomes = await write(database, entries)
        for (const entry of entries) entry.settle(outcomes.get(entry.lease.id) ?? 'refused')
        return
      } catch (error) {
        if (error instanceof DatabaseError && /^(22|54)/.test(error.code ?? ''))
          return await isolate(entries, error)
        logger.warn({ err: error, results: entries.length }, 'results could not be written, trying again')
        if (giveUp.aborted) return discard(entries)
        await pause(Math.min(100 * 2 ** attempt, 2_000), giveUp)
      }
    }
  }

  /** 22: the data, 54: its size or depth. Halved until the culprit is alone. */
  async function isolate(entries: Entry[], error: DatabaseError): Promise<void> {
    const [first] = entries
    if (entries.length > 1) {
      const half = Math.ceil(entries.length / 2)
      await flush(entries.slice(0, half))
      await flush(entries.slice(half))
    } else if (first?.report && !first.substitute) {
      logger.warn({ err: error, execution_id: first.lease.id }, 'a result cannot be stored')
      await flush([{ ...first, kind: 'fail', report: notStorable(first.report), substitute: true }])
    } else {
      logger.error({ err: error, execution_id: first?.lease.id }, 'a result was given up')
      discard(entries)
    }
  }

  return {
    report: (report) =>
      add({
        kind: report.status === 'failed' || report.status === 'timeout' ? 'fail' : 'complete',
        lease: report,
        report,
      }),
    async release(lease, lost) {
      await add({ kind: lost ? 'lost' : 'release', lease })
    },
    async idle() {
      while (flushing) await flushing
    },
  }
}

async function write(database: Database, entries: readonly Entry[]): Promise<Outcomes> {
  const kind = entries[0]?.kind
  if (kind === 'release' || kind === 'lost') {
    await releaseExecutions(
      database,
      entries.map((entry) => entry.lease),
      kind === 'lost',
    )
    return new Map()
  }
  const reports = entries.flatMap((entry) => entry.report ?? [])
  return await (kind === 'fail' ? failExecutions : completeExecutions)(database, reports)
}

function notStorable(report: Report): Report {
  const error = {
    code: 'result_not_storable',
    type: 'Error',
    message:
      'The result cannot be stored as JSON in the database; it is too deeply nested or holds an impossible number.',
    stack: '',
    retryable: false,
  }
  return {
    ...report,
    status: 'failed',
    output: null,
    error: JSON.stringify(error),
    metrics: '{}',
    logs: '[]',
  }
}

function discard(entries: readonly Entry[]) {
  for (const entry of entries) entry.settle('refused')
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    signal.addEventListener('abort', finish)
  })
}
