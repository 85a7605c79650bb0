import type { createCalls } from './calls.ts'
import type { GuestErrors } from './errors.ts'
import type { createLogs } from './logs.ts'
import type { Primordials } from './primordials.ts'
import type { createTimers } from './timers.ts'

export interface GuestParts {
  errors: GuestErrors
  logs: ReturnType<typeof createLogs>
  timers: ReturnType<typeof createTimers>
  calls: ReturnType<typeof createCalls>
}

/** Lays out what a script finds: its globals, and the modules it may import. */
export function furnish(p: Primordials, parts: GuestParts): (specifier: string) => object {
  const { errors, logs, timers, calls } = parts
  const resolved = p.Promise.resolve()
  const then = p.uncurry(p.Promise.prototype.then)

  function queueMicrotask(callback: unknown): void {
    if (typeof callback !== 'function') throw new p.TypeError('queueMicrotask needs a function.')
    then(resolved, () => p.apply(callback as () => void, undefined, []))
  }

  const sdk = p.freeze({
    log: logs.log,
    PermanentError: errors.PermanentError,
    RetryAfterError: errors.RetryAfterError,
    http: calls.namespace('http', ['get', 'post', 'put', 'patch', 'delete', 'request']),
    db: calls.namespace('db', ['query', 'queryOne', 'execute']),
    cache: calls.namespace('cache', ['get', 'set', 'delete', 'exists', 'increment', 'expire']),
    storage: calls.namespace('storage', ['get', 'set', 'delete', 'exists', 'list']),
    events: calls.namespace('events', ['publish']),
    scripts: calls.namespace('scripts', ['execute', 'enqueue']),
    secrets: calls.namespace('secrets', ['get']),
    variables: calls.namespace('variables', ['get']),
  })

  const globals: Record<string, unknown> = {
    console: logs.console,
    sdk,
    setTimeout: timers.setTimeout,
    setInterval: timers.setInterval,
    clearTimeout: timers.clear,
    clearInterval: timers.clear,
    queueMicrotask,
  }
  for (const name of p.keys(globals)) {
    p.defineProperty(globalThis, name, {
      value: globals[name],
      writable: true,
      enumerable: false,
      configurable: true,
    })
  }

  const pgscript = p.freeze({ ...sdk, sdk })
  return function importModule(specifier) {
    if (specifier === 'pgscript') return pgscript
    throw errors.coded(
      'module_not_found',
      `There is no module '${specifier}'; a script may import 'pgscript'.`,
      false,
    )
  }
}
