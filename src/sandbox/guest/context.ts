import type { GuestLimits } from './execute.ts'
import type { Library } from './library.ts'
import type { Primordials } from './primordials.ts'
import type { WorldParts } from './world.ts'

export interface ContextParts extends WorldParts {
  limits: GuestLimits
  /** Tells the host that a signal has been asked for: from then on it gives notice before it stops the run. */
  announce(): void
}

/** The script's `context`: what the node said of the run, frozen, with the limits that are left and a signal. */
export function createContext(p: Primordials, library: Library, parts: ContextParts) {
  const { limits, calls, logs, timers } = parts
  const startedAt = p.now()
  let abort: ((reason: unknown) => void) | undefined

  function deepFreeze(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    for (const key of p.keys(value)) deepFreeze((value as Record<string, unknown>)[key])
    return p.freeze(value)
  }

  function remaining() {
    const { lines, bytes } = logs.left()
    const wallMs = p.max(0, limits.wallMs - (p.now() - startedAt))
    return { wallMs, apiCalls: calls.left(), logLines: lines, logBytes: bytes }
  }

  /** With the name of a DOMException, as whoever looks at an aborted signal expects. */
  function stop(message: string, name: string): void {
    const { DOMException } = library.load('exception')
    abort?.(new DOMException(message, name))
  }

  function newSignal(): unknown {
    const made = library.load('abort').newSignal()
    abort = made.abort
    // Shortly before the end: half a second, or a twentieth of a short run.
    const notice = p.min(500, limits.wallMs / 20)
    timers.remind(p.max(0, startedAt + limits.wallMs - notice - p.now()), () =>
      stop('The execution is about to reach its time limit.', 'TimeoutError'),
    )
    parts.announce()
    return made.signal
  }

  function make(text: string): object {
    const context = p.parse(text) as object
    for (const key of p.keys(context)) deepFreeze((context as Record<string, unknown>)[key])
    let signal: unknown
    const accessor = {
      get signal() {
        signal ??= newSignal()
        return signal
      },
    }
    const get = p.getOwnPropertyDescriptor(accessor, 'signal')?.get as () => unknown
    // Not enumerable: they are not data, and a context that is returned or logged has its data only.
    p.defineProperty(context, 'signal', { get: p.freeze(get), enumerable: false })
    p.defineProperty(context, 'limits', { value: p.freeze({ remaining }), enumerable: false })
    return p.freeze(context)
  }

  return { make, cancel: () => stop('The execution was cancelled.', 'AbortError') }
}
