/** Something to wait for that may be rung any number of times; rings while nobody waits are kept, as one. */
export interface Bell {
  ring(): void
  /** Resolves true when rung, false after `ms` or when `signal` fires. */
  wait(ms: number, signal?: AbortSignal): Promise<boolean>
}

export function createBell(): Bell {
  let rung = false
  let wake: (() => void) | undefined

  return {
    ring() {
      rung = true
      wake?.()
    },
    wait(ms, signal) {
      return new Promise((resolve) => {
        const finish = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', finish)
          wake = undefined
          const result = rung
          rung = false
          resolve(result)
        }
        const timer = setTimeout(finish, ms)
        wake = finish
        if (rung || signal?.aborted) finish()
        else signal?.addEventListener('abort', finish)
      })
    },
  }
}
