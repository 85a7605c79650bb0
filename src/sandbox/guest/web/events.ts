import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** https://dom.spec.whatwg.org/#events, as far as it makes sense without a tree. */
export function createEvents(p: Primordials, library: Library) {
  interface EventState {
    target: EventTarget | null
    current: EventTarget | null
    phase: number
    dispatching: boolean
    stopped: boolean
    prevented: boolean
    passive: boolean
  }
  // Set by the class itself: only the dispatcher of this module may change how an event stands.
  let stateOf: (event: Event) => EventState

  interface EventInit {
    bubbles?: boolean
    cancelable?: boolean
    composed?: boolean
  }

  class Event {
    readonly #type: string
    readonly #flags: Required<EventInit>
    readonly #timeStamp = p.now() - library.live().startedAt
    readonly #state: EventState = {
      target: null,
      current: null,
      phase: 0,
      dispatching: false,
      stopped: false,
      prevented: false,
      passive: false,
    }
    #propagates = true

    static {
      stateOf = (event) => event.#state
    }

    constructor(...given: [type?: unknown, init?: EventInit]) {
      if (given.length === 0) throw new TypeError('The "type" argument must be specified')
      const [type, init] = given
      this.#type = `${type}`
      const { bubbles, cancelable, composed } = init ?? {}
      this.#flags = {
        bubbles: Boolean(bubbles),
        cancelable: Boolean(cancelable),
        composed: Boolean(composed),
      }
    }

    get type() {
      return this.#type
    }
    get target() {
      return this.#state.target
    }
    get srcElement() {
      return this.#state.target
    }
    get currentTarget() {
      return this.#state.current
    }
    get eventPhase() {
      return this.#state.phase
    }
    get bubbles() {
      return this.#flags.bubbles
    }
    get cancelable() {
      return this.#flags.cancelable
    }
    get composed() {
      return this.#flags.composed
    }
    get defaultPrevented() {
      return this.#state.prevented
    }
    get returnValue() {
      return !this.#state.prevented
    }
    get isTrusted() {
      return false
    }
    get timeStamp() {
      return this.#timeStamp
    }
    get cancelBubble() {
      return !this.#propagates
    }
    set cancelBubble(value: boolean) {
      if (value) this.#propagates = false
    }
    composedPath() {
      return this.#state.dispatching && this.#state.target ? [this.#state.target] : []
    }
    preventDefault() {
      if (this.#flags.cancelable && !this.#state.passive) this.#state.prevented = true
    }
    stopPropagation() {
      this.#propagates = false
    }
    stopImmediatePropagation() {
      this.#propagates = false
      this.#state.stopped = true
    }
  }
  for (const [name, value] of Object.entries({
    NONE: 0,
    CAPTURING_PHASE: 1,
    AT_TARGET: 2,
    BUBBLING_PHASE: 3,
  })) {
    p.defineProperty(Event, name, { value, enumerable: true })
    p.defineProperty(Event.prototype, name, { value, enumerable: true })
  }

  class CustomEvent extends Event {
    readonly #detail: unknown
    constructor(type: unknown, init: EventInit & { detail?: unknown } = {}) {
      super(type, init)
      this.#detail = init?.detail ?? null
    }
    get detail() {
      return this.#detail
    }
  }

  type Callback = ((event: Event) => unknown) | { handleEvent(event: Event): unknown }
  interface Listener {
    callback: Callback
    capture: boolean
    once: boolean
    passive: boolean
    removed: boolean
  }
  interface ListenerOptions {
    capture?: boolean
    once?: boolean
    passive?: boolean
    signal?: { aborted: boolean; addEventListener(type: string, callback: () => void): void }
  }

  const captureOf = (options?: boolean | ListenerOptions) =>
    typeof options === 'boolean' ? options : Boolean(options?.capture)

  class EventTarget {
    readonly #listeners = new Map<string, Listener[]>()

    addEventListener(
      type: unknown,
      callback: Callback | null,
      options: boolean | ListenerOptions = {},
    ): void {
      if (callback === null || callback === undefined) return
      if (typeof callback !== 'function' && typeof callback !== 'object')
        throw new TypeError('The "listener" argument must be an instance of EventListener.')
      const { once, passive, signal } = typeof options === 'object' && options !== null ? options : {}
      if (signal?.aborted) return
      const key = `${type}`
      const capture = captureOf(options)
      const list = this.#listeners.get(key) ?? []
      if (list.some((known) => known.callback === callback && known.capture === capture)) return
      const listener = { callback, capture, once: Boolean(once), passive: Boolean(passive), removed: false }
      this.#listeners.set(key, [...list, listener])
      signal?.addEventListener('abort', () => this.removeEventListener(key, callback, capture))
    }

    removeEventListener(type: unknown, callback: Callback | null, options?: boolean | ListenerOptions): void {
      const key = `${type}`
      const capture = captureOf(options)
      const list = this.#listeners.get(key) ?? []
      const kept = list.filter((known) => {
        const isIt = known.callback === callback && known.capture === capture
        if (isIt) known.removed = true
        return !isIt
      })
      this.#listeners.set(key, kept)
    }

    dispatchEvent(event: Event): boolean {
      if (!(event instanceof Event)) throw new TypeError('The "event" argument must be an instance of Event.')
      const state = stateOf(event)
      if (state.dispatching) {
        const { DOMException } = library.load('exception')
        throw new DOMException('The event is already being dispatched', 'InvalidStateError')
      }
      Object.assign(state, { target: this, current: this, phase: 2, dispatching: true })
      for (const listener of this.#listeners.get(event.type) ?? []) {
        if (state.stopped) break
        if (!listener.removed) this.#call(listener, event, state)
      }
      Object.assign(state, { current: null, phase: 0, dispatching: false, stopped: false })
      return !state.prevented
    }

    #call(listener: Listener, event: Event, state: EventState): void {
      const { callback, once, passive, capture } = listener
      if (once) this.removeEventListener(event.type, callback, capture)
      state.passive = passive
      try {
        if (typeof callback === 'function') callback.call(this, event)
        else callback.handleEvent(event)
      } catch (thrown) {
        library.live().fail(thrown)
      }
      state.passive = false
    }
  }

  const { declare } = library.load('interfaces')
  declare(EventTarget)
  declare(Event, 1)
  declare(CustomEvent, 1)
  return { Event, CustomEvent, EventTarget }
}
