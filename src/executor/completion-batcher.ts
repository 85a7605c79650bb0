import { DatabaseError } from 'pg'

import type { Database } from '../database/database.ts'
import type { Logger } from '../log.ts'
import type { Lease } from './lease.ts'
import {
  completeExecutions,
  failExecutions,
  Outcomes,
  type Report,
  releaseExecutions,
} from './report-executions.ts'

export interface Answer {
  outcome: 'final' | 'will be retried' | 'refused'
  /** When the result as it was handed in was recorded; absent where something else was. */
  recordedAt?: Date | undefined
}

export interface CompletionBatcher {
  /**
   * Hands a result in; `refused` when the lease had been lost. One that somebody waits for is not kept back for
   * others to join.
   */
  report(report: Report, isAwaited?: boolean): Promise<Answer>
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
  /** Whether more results may come in a moment; nobody waits for any unless given. */
  expectsMore?(): boolean
}

interface Entry {
  kind: 'complete' | 'fail' | 'release' | 'lost'
  lease: Lease
  report?: Report
  /** It stands in for a result that could not be stored. */
  substitute?: boolean
  settle(answer: Answer): void
}

/** Enough to fill a statement; more only makes its neighbours wait. */
const largestBatch = 200
/** To start a statement costs as much as to record tens of results: a busy node begins one this often. */
const gatherMs = 20

/**
 * Group commit for results: while one flush is under way, what finishes meanwhile waits for the next,
 * so a busy node commits hundreds at once and an idle one commits each at once. While more runs are about to
 * end and nobody waits for a result, a flush also lets some time pass since the one before.
 *
 * A flush that fails for the connection is tried again until it succeeds or `giveUp` fires (the leases
 * end on their own). One that fails for its data is split, so that a result which cannot be stored
 * costs itself only: it is recorded as failed, `result_not_storable`.
 */
export function createCompletionBatcher(options: BatcherOptions): CompletionBatcher {
  return new GroupCommit(options)
}

class GroupCommit implements CompletionBatcher {
  readonly #options: BatcherOptions
  readonly #queue: Entry[] = []
  #flushing: Promise<void> | undefined
  #flushedAt = Number.NEGATIVE_INFINITY
  #gathered: (() => void) | undefined
  #hurry = false

  constructor(options: BatcherOptions) {
    this.#options = options
  }

  report(report: Report, isAwaited = false): Promise<Answer> {
    this.#hurry ||= isAwaited
    const failed = report.status === 'failed' || report.status === 'timeout'
    return this.#add({ kind: failed ? 'fail' : 'complete', lease: report, report })
  }

  async release(lease: Lease, lost: boolean): Promise<void> {
    await this.#add({ kind: lost ? 'lost' : 'release', lease })
  }

  async idle(): Promise<void> {
    while (this.#flushing) await this.#flushing
  }

  #add(entry: Omit<Entry, 'settle'>): Promise<Answer> {
    return new Promise((settle) => {
      this.#queue.push({ ...entry, settle })
      if (this.#isWorthIt()) this.#gathered?.()
      this.#flushing ??= this.#flushAll().finally(() => {
        this.#flushing = undefined
      })
    })
  }

  async #flushAll() {
    // Lets everything that finishes in this turn of the event loop join.
    await new Promise(setImmediate)
    while (this.#queue.length > 0) {
      await this.#gather()
      this.#flushedAt = performance.now()
      this.#hurry = false
      const batch = this.#queue.splice(0, largestBatch)
      const kinds = Map.groupBy(batch, (entry) => entry.kind)
      await Promise.all([...kinds.values()].map((entries) => this.#flush(entries)))
    }
  }

  #isWorthIt(): boolean {
    return this.#hurry || this.#queue.length >= largestBatch || !this.#options.expectsMore?.()
  }

  /** Lets more results join, where the last statement was begun only now. */
  async #gather(): Promise<void> {
    const ms = this.#flushedAt + gatherMs - performance.now()
    if (ms <= 0 || this.#isWorthIt()) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    this.#gathered = resolve
    await promise
    this.#gathered = undefined
    clearTimeout(timer)
  }

  async #flush(entries: Entry[]): Promise<void> {
    const { database, logger, giveUp } = this.#options
    for (let attempt = 0; ; attempt += 1) {
      try {
        const outcomes = await unlessAborted(giveUp, () => write(database, entries))
        if (!outcomes) return discard(entries)
        for (const entry of entries) entry.settle(answerOf(entry, outcomes))
        return
      } catch (error) {
        if (isUnstorable(error)) return await this.#isolate(entries, error)
        logger.warn({ err: error, results: entries.length }, 'results could not be written, trying again')
        await pause(Math.min(100 * 2 ** attempt, 2_000), giveUp)
      }
    }
  }

  /** Halves the entries until the culprit is alone. */
  async #isolate(entries: Entry[], error: DatabaseError): Promise<void> {
    const { logger } = this.#options
    const [first] = entries
    if (entries.length > 1) {
      const half = Math.ceil(entries.length / 2)
      await this.#flush(entries.slice(0, half))
      await this.#flush(entries.slice(half))
    } else if (first?.report && !first.substitute) {
      logger.warn({ err: error, execution_id: first.lease.id }, 'a result cannot be stored')
      await this.#flush([{ ...first, kind: 'fail', report: notStorable(first.report), substitute: true }])
    } else {
      logger.error({ err: error, execution_id: first?.lease.id }, 'a result was given up')
      discard(entries)
    }
  }
}

/** 22: the data, 23: a constraint, 54: its size or depth. Tried again, it would hold up all others for good. */
function isUnstorable(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && /^(22|23|54)/.test(error.code ?? '')
}

async function write(database: Database, entries: readonly Entry[]): Promise<Outcomes> {
  const kind = entries[0]?.kind
  if (kind === 'release' || kind === 'lost') {
    await releaseExecutions(
      database,
      entries.map((entry) => entry.lease),
      kind === 'lost',
    )
    return new Outcomes([])
  }
  const reports = entries.flatMap((entry) => entry.report ?? [])
  return await (kind === 'fail' ? failExecutions : completeExecutions)(database, reports)
}

function answerOf(entry: Entry, outcomes: Outcomes): Answer {
  return {
    outcome: outcomes.get(entry.lease.id) ?? 'refused',
    recordedAt: entry.substitute ? undefined : outcomes.recordedAt,
  }
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
  for (const entry of entries) entry.settle({ outcome: 'refused' })
}

/** A statement that hangs must not hold a node that ends. */
async function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>()
  const onAbort = () => resolve(undefined)
  if (signal.aborted) return undefined
  signal.addEventListener('abort', onAbort)
  try {
    return await Promise.race([work(), aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
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
