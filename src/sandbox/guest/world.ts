import type { createCalls } from './calls.ts'
import type { GuestErrors } from './errors.ts'
import type { createLogs } from './logs.ts'
import type { Primordials } from './primordials.ts'
import type { createSdk } from './sdk.ts'
import type { createTimers } from './timers.ts'

export interface WorldParts {
  errors: GuestErrors
  logs: ReturnType<typeof createLogs>
  timers: ReturnType<typeof createTimers>
  calls: ReturnType<typeof createCalls>
}

/** What one execution finds. All of it is made for that execution and belongs to no other. */
export interface World {
  globals: Record<string, unknown>
  importModule(specifier: string): object
}

export function createWorld(
  p: Primordials,
  parts: WorldParts,
  pgscript: ReturnType<typeof createSdk>,
): World {
  const { errors, logs, timers } = parts
  const resolved = p.Promise.resolve()

  function queueMicrotask(callback: unknown): void {
    if (typeof callback !== 'function') throw new p.TypeError('queueMicrotask needs a function.')
    p.whenDone(resolved, () => p.apply(callback as () => void, undefined, []))
  }

  const internals = p.freeze({ coded: errors.coded })
  return {
    globals: {
      console: logs.console,
      sdk: pgscript.sdk,
      setTimeout: timers.setTimeout,
      setInterval: timers.setInterval,
      clearTimeout: timers.clear,
      clearInterval: timers.clear,
      queueMicrotask,
    },
    importModule(specifier) {
      // For code that we put around a script; a script's own imports never name it.
      if (specifier === 'pgscript:internals') return internals
      if (specifier === 'pgscript') return pgscript.module
      throw errors.coded(
        'module_not_found',
        `There is no module '${specifier}'; a script may import 'pgscript'.`,
        false,
      )
    },
  }
}
