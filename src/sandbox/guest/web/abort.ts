import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** https://dom.spec.whatwg.org/#aborting-ongoing-activities */
export function createAbort(p: Primordials, library: Library) {
  const { declare } = library.load('interfaces')
  const { Event, EventTarget } = library.load('events')
  const { DOMException } = library.load('exception')
  const token = {}
  const abortError = () => new DOMException('This operation was aborted', 'AbortError')

  let abort: (signal: AbortSignal, reason: unknown) => void
  /** For our own use: runs before the listeners, and costs no event. */
  let onAbort: (signal: AbortSignal, action: () => void) => void

  class AbortSignal extends EventTarget {
    #aborted = false
    #reason: unknown
    #actions: (() => void)[] = []
    readonly #dependents: AbortSignal[] = []
    #handler: ((event: unknown) => unknown) | null = null

    #handles = false

    static {
      abort = (signal, reason) => signal.#abort(reason)
      onAbort = (signal, action) => void signal.#actions.push(action)
    }

    constructor(given?: unknown) {
      if (given !== token) throw new TypeError('Illegal constructor')
      super()
    }

    #abort(reason: unknown): void {
      if (this.#aborted) return
      this.#aborted = true
      this.#reason = reason === undefined ? abortError() : reason
      const actions = this.#actions
      this.#actions = []
      for (const action of actions) action()
      this.dispatchEvent(new Event('abort'))
      for (const dependent of this.#dependents.splice(0)) dependent.#abort(this.#reason)
    }

    get aborted(): boolean {
      return this.#aborted
    }

    get reason(): unknown {
      return this.#reason
    }

    get onabort() {
      return this.#handler
    }
    /** Its turn among the listeners is that of the first one set. */
    set onabort(handler) {
      if (!this.#handles) {
        this.#handles = true
        this.addEventListener('abort', (event) => {
          if (this.#handler) p.apply(this.#handler as () => void, this, [event])
        })
      }
      this.#handler = typeof handler === 'function' ? handler : null
    }

    throwIfAborted(): void {
      if (this.#aborted) throw this.#reason
    }

    static abort(reason?: unknown): AbortSignal {
      const signal = new AbortSignal(token)
      signal.#abort(reason)
      return signal
    }

    static timeout(delay: unknown): AbortSignal {
      const wait = Number(delay)
      if (!(wait >= 0 && wait <= Number.MAX_SAFE_INTEGER))
        throw new RangeError('The value of "delay" is out of range.')
      const signal = new AbortSignal(token)
      library.live().timers.setTimeout(() => {
        signal.#abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
      }, wait)
      return signal
    }

    static any(signals: Iterable<AbortSignal>): AbortSignal {
      const all = [...signals]
      for (const signal of all)
        if (!(signal instanceof AbortSignal)) throw new TypeError('AbortSignal.any needs AbortSignals.')
      const result = new AbortSignal(token)
      const first = all.find((signal) => signal.#aborted)
      if (first) result.#abort(first.#reason)
      else for (const signal of all) signal.#dependents.push(result)
      return result
    }
  }

  class AbortController {
    readonly #signal = new AbortSignal(token)

    get signal(): AbortSignal {
      return this.#signal
    }

    abort(reason?: unknown): void {
      abort(this.#signal, reason)
    }
  }

  for (const made of [AbortSignal, AbortController]) declare(made)
  return {
    AbortSignal,
    AbortController,
    onAbort: (signal: AbortSignal, action: () => void) => onAbort(signal, action),
    /** A signal that only whoever holds `abort` can set off. */
    newSignal() {
      const signal = new AbortSignal(token)
      return { signal, abort: (reason: unknown) => abort(signal, reason) }
    },
  }
}
