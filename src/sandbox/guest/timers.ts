import type { GuestErrors } from './errors.ts'
import type { Send } from './logs.ts'
import type { Primordials } from './primordials.ts'

/**
 * Timers are kept here, within the isolate's memory; the host knows one alarm only, the nearest. So a
 * loop that sets and clears timers cannot fill the host's queue: alarms between two entries are counted.
 */
export function createTimers(
  p: Primordials,
  errors: GuestErrors,
  send: Send,
  failed: (thrown: unknown) => void,
) {
  interface Timer {
    due: number
    every: number
    callback: (...args: unknown[]) => unknown
    args: unknown[]
  }
  const maxPending = 1000
  const timers = p.newMap<number, Timer>()
  let nextId = 1
  let pending = 0
  let alarm = Infinity
  let alarms = 0
  let ended = false

  function ring(due: number): void {
    if (due >= alarm) return
    alarms += 1
    if (alarms > maxPending) throw errors.coded('timer_limit', 'Too many timers were set at once.', false)
    alarm = due
    send('alarm', p.max(0, due - p.now()))
  }

  function add(callback: unknown, delay: unknown, repeats: boolean, args: unknown[]): number {
    if (typeof callback !== 'function') throw new p.TypeError('A timer needs a function.')
    if (ended) return 0
    if (pending >= maxPending) {
      throw errors.coded('timer_limit', `At most ${maxPending} timers may wait at a time.`, false)
    }
    const wait = typeof delay === 'number' && delay > 0 ? p.min(delay, 2 ** 31 - 1) : 0
    const every = repeats ? p.max(wait, 1) : 0
    const id = nextId
    nextId += 1
    const due = p.now() + wait
    p.mapSet(timers, id, { __proto__: null, due, every, callback, args } as unknown as Timer)
    pending += 1
    ring(due)
    return id
  }

  /** For ourselves: under a key that no script can name, and not among those it may have. */
  function remind(wait: number, callback: () => void): void {
    const due = p.now() + wait
    const timer = { __proto__: null, due, every: 0, callback, args: [] } as unknown as Timer
    p.mapSet(timers, {} as unknown as number, timer)
    pending += 1
    ring(due)
  }

  function clear(id: unknown): void {
    if (p.mapDelete(timers, id as number)) pending -= 1
  }

  function call(timer: Timer): void {
    try {
      p.apply(timer.callback, undefined, timer.args)
    } catch (thrown) {
      failed(thrown)
    }
  }

  /** On a busy machine several are due at once; they still go off in the order of their times. */
  function earliest(due: Map<number, Timer>): number | undefined {
    let found: number | undefined
    let at = Infinity
    p.mapForEach(due, (timer, id) => {
      if ((timer as Timer).due >= at) return
      at = (timer as Timer).due
      found = id as number
    })
    return found
  }

  /** The alarm went off: run what is due, set the next. */
  function wake(): void {
    alarm = Infinity
    alarms = 0
    const now = p.now()
    const due = p.newMap<number, Timer>()
    p.mapForEach(timers, (timer, id) => {
      // Host and isolate round their clocks differently; a timer a millisecond early is on time.
      if ((timer as Timer).due <= now + 1) p.mapSet(due, id, timer)
    })
    for (let next = earliest(due); next !== undefined; next = earliest(due)) {
      const timer = p.mapGet(timers, next) as Timer | undefined
      p.mapDelete(due, next)
      // An earlier one may have cleared it.
      if (timer === undefined) continue
      if (timer.every > 0) timer.due = now + timer.every
      else clear(next)
      call(timer)
    }
    let nearest = Infinity
    p.mapForEach(timers, (timer) => {
      if ((timer as Timer).due < nearest) nearest = (timer as Timer).due
    })
    if (nearest < Infinity) ring(nearest)
  }

  return {
    setTimeout: (callback: unknown, delay?: unknown, ...args: unknown[]) => add(callback, delay, false, args),
    setInterval: (callback: unknown, delay?: unknown, ...args: unknown[]) => add(callback, delay, true, args),
    clear,
    remind,
    wake,
    /** None of them ever goes off, and none can be set. */
    end: () => {
      ended = true
      p.mapClear(timers)
    },
  }
}
