import type { Database } from '../database/database.ts'
import type { Identity } from '../database/tenant-transaction.ts'
import { type ExecutionRecord, findExecution } from './find-execution.ts'
import type { FinishedExecution, Waiters } from './waiters.ts'

export interface Awaited {
  id: string
  /** Who reads the record, where the result does not come from this process. */
  reader: Identity
  ms: number
  signal?: AbortSignal
  /**
   * Whether the request may have met an execution that was there already (an idempotency key): nobody
   * tells us of that one's end, so its record is looked at now and then.
   */
  mayBeOld: boolean
}

/** How long the caller of an old execution may wait for nothing. */
const lookAgainMs = 500

/**
 * Waits up to `ms` for an execution to finish.
 *
 * @returns its result, from this process's own executor where that ran it; else its record, which is
 *   an unfinished one when the time is over.
 */
export async function awaitExecution(
  database: Database,
  waiters: Waiters,
  awaited: Awaited,
): Promise<FinishedExecution | ExecutionRecord> {
  const { id, reader, ms, signal, mayBeOld } = awaited
  const deadline = performance.now() + ms
  for (let step = mayBeOld ? 0 : ms; ; step = mayBeOld ? lookAgainMs : ms) {
    const left = Math.max(0, deadline - performance.now())
    const finish = await waiters.wait(id, Math.min(step, left), signal)
    if (finish !== null && finish !== 'recorded') return finish
    const record = await findExecution(database, reader, id)
    if (!record) throw new Error(`the record of execution ${id} cannot be read`)
    if (record.finishedAt || signal?.aborted || performance.now() >= deadline) return record
  }
}
