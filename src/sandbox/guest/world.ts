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

/** What all executions of a realm find. */
export interface World {
  /** By name; the console is added for each execution. */
  globals: Record<string, unknown>
  importModule(specifier: string): object
  newConsole(): object
  roots: object[]
}

export function createWorld(
  p: Primordials,
  { errors, logs, timers }: WorldParts,
  { pgscript, outputText }: { pgscript: ReturnType<typeof createSdk>; outputText(value: unknown): string },
): World {
  const resolved = p.Promise.resolve()

  function queueMicrotask(callback: unknown): void {
    if (typeof callback !== 'function') {
      throw new p.TypeError(
        `The "callback" argument must be of type function. Received ${callback === null ? 'null' : typeof callback}`,
      )
    }
    p.whenDone(resolved, () => p.apply(callback as () => void, undefined, []))
  }

  const recorded = (value: unknown) => p.parse(outputText(value))
  const internals = p.freeze({ coded: errors.coded, recorded })

  function importModule(specifier: string): object {
    // For code that we put around a script; a script's own imports never name it.
    if (specifier === 'pgscript:internals') return internals
    if (specifier === 'pgscript') return pgscript.module
    throw errors.coded(
      'module_not_found',
      `There is no module '${specifier}'; a script may import 'pgscript'.`,
      false,
    )
  }

  const globals = {
    sdk: pgscript.sdk,
    setTimeout: timers.setTimeout,
    setInterval: timers.setInterval,
    clearTimeout: timers.clearTimeout,
    clearInterval: timers.clearInterval,
    queueMicrotask,
  }
  const { newConsole, methods, log } = logs
  return { globals, importModule, newConsole, roots: [globals, importModule, internals, methods, log] }
}
