import type { Report } from './report-executions.ts'

/** A result as the executor of this process knows it: the record's parts, JSON still as text. */
export interface FinishedExecution extends Pick<Report, 'status' | 'output' | 'error' | 'logs' | 'metrics'> {
  id: string
  /** Null where the version could not even be read. */
  script: string | null
  version: number
  triggerType: string
  attempt: number
  createdAt: Date
  runAt: Date
  startedAt: Date
  finishedAt: Date
}

/** The result where it was produced here, `recorded` where another node wrote it down. */
export type Finish = FinishedExecution | 'recorded'

/** Lets callers of this process wait for executions, wherever they run. */
export interface Waiters {
  /** Resolves when the execution finishes, and with null after `ms` or when `signal` fires. */
  wait(executionId: string, ms: number, signal?: AbortSignal): Promise<Finish | null>
  /** The execution has finished, or may have: its record can be read. */
  finished(executionId: string, finish: Finish): void
  /** `node id id …`, as the database tells it to every node; other nodes' are not for us. */
  told(payload: string, nodeId: string): void
}

/** A finish may be heard before its caller has begun to wait; only awaited ones are told, so few are kept. */
const rememberMs = 2_000

export function createWaiters(): Waiters {
  const waiting = new Map<string, Set<(finish: Finish) => void>>()
  const early = new Map<string, Finish>()

  function wait(executionId: string, ms: number, signal?: AbortSignal): Promise<Finish | null> {
    const known = early.get(executionId)
    early.delete(executionId)
    if (known) return Promise.resolve(known)
    if (signal?.aborted) return Promise.resolve(null)
    return new Promise((resolve) => {
      const settle = (finish: Finish | null) => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abandon)
        const others = waiting.get(executionId)
        others?.delete(settle)
        if (others?.size === 0) waiting.delete(executionId)
        resolve(finish)
      }
      const abandon = () => settle(null)
      const timer = setTimeout(abandon, ms)
      signal?.addEventListener('abort', abandon)
      waiting.set(executionId, (waiting.get(executionId) ?? new Set()).add(settle))
    })
  }

  function finished(executionId: string, finish: Finish) {
    const callers = waiting.get(executionId)
    if (callers) {
      for (const settle of callers) settle(finish)
      return
    }
    early.set(executionId, finish)
    setTimeout(() => early.delete(executionId), rememberMs).unref()
  }

  return {
    wait,
    finished,
    told(payload, nodeId) {
      const [node, ...ids] = payload.split(' ')
      if (node === nodeId) for (const id of ids) finished(id, 'recorded')
    },
  }
}
