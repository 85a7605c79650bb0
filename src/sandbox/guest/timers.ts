import type { GuestErrors } from './errors.ts'
import type { LiveExecution } from './live.ts'
import type { Send } from './logs.ts'
import type { Primordials } from './primordials.ts'

interface Timer {
  due: number
  every: number
  callback: (...args: unknown[]) => unknown
  args: unknown[]
}

/** The timers of one execution. */
export interface TimerState {
  timers: Map<number, Timer> | undefined
  nextId: number
  pending: number
  alarm: number
  alarms: number
}

/** Timers that an alarm was for. */
interface Due {
  state: TimerState
  timers: Map<number, Timer>
  due: Map<number, Timer>
  now: number
}

export interface TimersParts {
  errors: GuestErrors
  send: Send
  live(): LiveExecution
}

/**
 * Timers are kept here, within the isolate's memory; the host knows one alarm only, the nearest. So a
 * loop that sets and clears timers cannot fill the host's queue: alarms between two entries are counted.
 */
export function createTimers(p: Primordials, { errors, send, live }: TimersParts) {
  const maxPending = 1000
  /** Turns of the microtask queue between two timers: what the first sets off is done by then, but for long chains. */
  const turnsBetween = 100

  function put(state: TimerState, id: unknown, timer: Timer): void {
    // First of all: near the end of the stack any of these may throw, and then no alarm may be awaited that nobody set.
    ring(state, timer.due)
    state.timers ??= p.newMap()
    p.mapSet(state.timers, id as number, timer)
    state.pending += 1
  }

  function ring(state: TimerState, due: number): void {
    if (due >= state.alarm) return
    state.alarms += 1
    if (state.alarms > maxPending)
      throw errors.coded('timer_limit', 'Too many timers were set at once.', false)
    send('alarm', p.max(0, due - p.now()))
    state.alarm = due
  }

  /** Whole milliseconds, one at least, of a number or its text: as Node.js has it. */
  function waitOf(delay: unknown): number {
    const wait = typeof delay === 'number' || typeof delay === 'string' ? p.floor(+delay) : 0
    return wait >= 1 ? p.min(wait, 2 ** 31 - 1) : 1
  }

  function add(callback: unknown, delay: unknown, repeats: boolean, args: unknown[]): number {
    if (typeof callback !== 'function') {
      throw new p.TypeError(
        `The "callback" argument must be of type function. Received ${callback === null ? 'null' : typeof callback}`,
      )
    }
    const { open, timerState: state } = live()
    if (!open) return 0
    if (state.pending >= maxPending) {
      throw errors.coded('timer_limit', `At most ${maxPending} timers may wait at a time.`, false)
    }
    const wait = waitOf(delay)
    const every = repeats ? wait : 0
    const id = state.nextId
    state.nextId += 1
    const due = p.now() + wait
    put(state, id, { __proto__: null, due, every, callback, args } as unknown as Timer)
    return id
  }

  /** For ourselves: under a key that no script can name, and not among those it may have. */
  function remind(wait: number, callback: () => void): void {
    const due = p.now() + wait
    const timer = { __proto__: null, due, every: 0, callback, args: [] } as unknown as Timer
    put(live().timerState, {}, timer)
  }

  function clear(id: unknown): void {
    const { timerState: state } = live()
    if (state.timers && p.mapDelete(state.timers, id as number)) state.pending -= 1
  }

  function call(timer: Timer): void {
    try {
      p.apply(timer.callback, undefined, timer.args)
    } catch (thrown) {
      live().fail(thrown)
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

  /** The alarm went off: runs what is due, and then sets the next. */
  function wake(): void {
    const { timerState: state } = live()
    const { timers } = state
    if (timers === undefined) return
    state.alarm = Infinity
    state.alarms = 0
    const now = p.now()
    const due = p.newMap<number, Timer>()
    let count = 0
    p.mapForEach(timers, (timer, id) => {
      // Host and isolate round their clocks differently; a timer a millisecond early is on time.
      if ((timer as Timer).due > now + 1) return
      p.mapSet(due, id, timer)
      count += 1
    })
    void runAll({ state, timers, due, now }, count)
  }

  /**
   * One after the other, each when the microtasks of the one before are done: nothing in an isolate can wait for
   * that, and an entry for each would let a flood of timers keep the host busy, so turns are counted.
   */
  async function runAll({ state, timers, due, now }: Due, count: number): Promise<void> {
    try {
      for (let left = count - 1; left >= 0; left -= 1) {
        const next = earliest(due) as number
        p.mapDelete(due, next)
        const timer = p.mapGet(timers, next) as Timer | undefined
        // An earlier one may have cleared it.
        if (timer === undefined) continue
        if (timer.every === 0) clear(next)
        call(timer)
        if (timer.every > 0 && p.mapDelete(timers, next)) {
          // After those that were set meanwhile for the same time.
          timer.due = now + timer.every
          p.mapSet(timers, next, timer)
        }
        // Of a value that is no promise: so nothing of the author's is asked.
        for (let turn = 0; left > 0 && turn < turnsBetween; turn += 1) await undefined
      }
      ringForNearest(state, timers)
    } catch (thrown) {
      live().fail(thrown)
    }
  }

  function ringForNearest(state: TimerState, timers: Map<number, Timer>): void {
    let nearest = Infinity
    p.mapForEach(timers, (timer) => {
      if ((timer as Timer).due < nearest) nearest = (timer as Timer).due
    })
    if (nearest < Infinity) ring(state, nearest)
  }

  return {
    setTimeout: (callback: unknown, delay?: unknown, ...args: unknown[]) => add(callback, delay, false, args),
    setInterval: (callback: unknown, delay?: unknown, ...args: unknown[]) => add(callback, delay, true, args),
    clearTimeout: (id?: unknown) => clear(id),
    clearInterval: (id?: unknown) => clear(id),
    remind,
    wake,
    begin: (): TimerState => ({ timers: undefined, nextId: 1, pending: 0, alarm: Infinity, alarms: 0 }),
    /** None of them ever goes off. */
    end: ({ timers }: TimerState) => {
      if (timers) p.mapClear(timers)
    },
  }
}
