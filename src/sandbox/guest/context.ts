import type { createCalls } from './calls.ts'
import type { Library } from './library.ts'
import type { LiveExecution } from './live.ts'
import type { createLogs, Send } from './logs.ts'
import type { Primordials } from './primordials.ts'
import type { createTimers } from './timers.ts'

export interface ContextParts {
  logs: ReturnType<typeof createLogs>
  timers: ReturnType<typeof createTimers>
  calls: ReturnType<typeof createCalls>
  send: Send
  live(): LiveExecution
}

/** The signal, once the script has asked for it. */
export interface ContextState {
  signal: unknown
  abort: ((reason: unknown) => void) | undefined
}

/** The script's `context`: what the node said of the run, frozen, with the limits that are left and a signal. */
export function createContext(p: Primordials, library: Library, parts: ContextParts) {
  const { calls, logs, timers, live } = parts

  function deepFreeze(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    for (const key of p.keys(value)) deepFreeze((value as Record<string, unknown>)[key])
    return p.freeze(value)
  }

  function remaining() {
    const { lines, bytes } = logs.left()
    const { limits, startedAt } = live()
    const wallMs = p.max(0, limits.wallMs - (p.now() - startedAt))
    return { wallMs, apiCalls: calls.left(), logLines: lines, logBytes: bytes }
  }

  /** With the name of a DOMException, as whoever looks at an aborted signal expects. */
  function stop(message: string, name: string): void {
    const { DOMException } = library.load('exception')
    live().contextState.abort?.(new DOMException(message, name))
  }

  function newSignal(state: ContextState): unknown {
    const { limits, startedAt } = live()
    const made = library.load('abort').newSignal()
    state.abort = made.abort
    // Shortly before the end: half a second, or a twentieth of a short run.
    const notice = p.min(500, limits.wallMs / 20)
    timers.remind(p.max(0, startedAt + limits.wallMs - notice - p.now()), () =>
      stop('The execution is about to reach its time limit.', 'TimeoutError'),
    )
    // From now on the host gives notice before it stops the run.
    parts.send('signal')
    return made.signal
  }

  // One for all contexts: V8 keeps a shape for each accessor until its next full collection, and with it
  // whatever the accessor refers to.
  const accessor = {
    get signal() {
      const { contextState: state } = live()
      state.signal ??= newSignal(state)
      return state.signal
    },
  }
  const getSignal = p.getOwnPropertyDescriptor(accessor, 'signal')?.get as () => unknown
  const limits = p.freeze({ remaining })

  function make(text: string): object {
    const context = p.parse(text) as object
    for (const key of p.keys(context)) deepFreeze((context as Record<string, unknown>)[key])
    // Not enumerable: they are not data, and a context that is returned or logged has its data only.
    p.defineProperty(context, 'signal', { get: getSignal, enumerable: false })
    p.defineProperty(context, 'limits', { value: limits, enumerable: false })
    return p.freeze(context)
  }

  return {
    make,
    cancel: () => stop('The execution was cancelled.', 'AbortError'),
    begin: (): ContextState => ({ signal: undefined, abort: undefined }),
    /** What executions share. */
    roots: [getSignal, limits] as object[],
  }
}
