import type { Report } from './report-executions.ts'

/** Lets callers of this process wait for executions, wherever they run. */
export interface Waiters {
  /**
   * Resolves with the result where it was produced here, with `recorded` where another node recorded
   * it, and with null after `ms` or when `signal` fires.
   */
  wait(executionId: string, ms: number, signal?: AbortSignal): Promise<Report | 'recorded' | null>
  /** The execution has finished and its record can be read. */
  finished(executionId: string, result: Report | 'recorded'): void
}

/** A finish may be heard before its caller has begun to wait; only awaited ones are told, so few are kept. */
const rememberMs = 2_000

export function createWaiters(): Waiters {
  const waiting = new Map<string, Set<(result: Report | 'recorded') => void>>()
  const early = new Map<string, Report | 'recorded'>()

  return {
    wait(executionId, ms, signal) {
      const known = early.get(executionId)
      if (known) return Promise.resolve(known)
      return new Promise((resolve) => {
        const settle = (result: Report | 'recorded' | null) => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', abandon)
          const others = waiting.get(executionId)
          others?.delete(settle)
          if (others?.size === 0) waiting.delete(executionId)
          resolve(result)
        }
        const abandon = () => settle(null)
        const timer = setTimeout(abandon, ms)
        signal?.addEventListener('abort', abandon)
        waiting.set(executionId, (waiting.get(executionId) ?? new Set()).add(settle))
      })
    },
    finished(executionId, result) {
      const callers = waiting.get(executionId)
      if (callers) {
        for (const settle of callers) settle(result)
        return
      }
      early.set(executionId, result)
      setTimeout(() => early.delete(executionId), rememberMs).unref()
    },
  }
}
