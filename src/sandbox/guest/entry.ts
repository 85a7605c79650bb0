import type { Executions, GuestLimits } from './execute.ts'
import type { LiveExecution } from './live.ts'
import type { Send } from './logs.ts'
import type { Primordials } from './primordials.ts'
import type { Scope } from './scope.ts'
import type { World } from './world.ts'

/** Evaluates a script anew: gives its body as a function that no other execution has. */
type Factory = (...scope: unknown[]) => unknown

export interface EntryParts {
  scope: Scope
  world: World
  /** What an execution needs besides, made for it; from here on it is the one at hand. */
  open(run: number, limits: GuestLimits, entropy: string, context: string): LiveExecution
  executionsWith(send: Send): Executions
  send: Send
  cancel(): void
  /** Before each execution: its seed, its clock, and what of the realm is to be as at first; false if it cannot be. */
  reset(seed: string, startedAt: number): boolean
  /** What `reset` has set, and whose turn it is, as they are now: called, it is so again. */
  keep(): () => void
}

/**
 * The one function through which the host enters: `expect` the code of a key, `start` it, `settle` a call,
 * `wake` the timers, `cancel` by signal, `end` it unasked; `rest` does nothing, and is done when the microtasks
 * are. It returns whether that was possible: a realm that cannot be made as at first takes no run any more.
 *
 * Where a tenant's executions share an isolate, several are alive at once, but one only has the turn: from an
 * entry on its behalf to the end of the microtasks that follow. So each has random numbers, clock and
 * symbols of its own.
 */
export function createEntry(p: Primordials, parts: EntryParts) {
  interface Alive {
    execution: LiveExecution
    resume: () => void
  }
  const { scope, world, open, send, cancel, reset, keep } = parts
  const factories = p.newMap<string, Factory>()
  const alive = p.newMap<number, Alive>()
  const executions = parts.executionsWith((verb, a, b, c, d, run) => {
    p.mapDelete(alive, run as number)
    send(verb, a, b, c, d, run)
  })
  const nothing = () => undefined
  let expected: string | undefined
  let current = 0
  let lastLimits = { text: '', limits: {} as GuestLimits }

  // Code arrives by calling this from its own script, whose completion value is then undefined: a function
  // as completion value ends a reused isolate after some 800 runs. Heard only when the host has said so.
  p.defineProperty(globalThis, '$pgscript$', {
    value: (factory: Factory) => {
      if (expected === undefined) throw new p.TypeError('This name is taken.')
      p.mapSet(factories, expected, factory)
      expected = undefined
      if (!scope.isShared) delete (globalThis as Record<string, unknown>).$pgscript$
    },
    configurable: true,
  })

  /** In the order of the scope's names. */
  function evaluate(key: string): unknown {
    const factory = p.mapGet(factories, key) as Factory | undefined
    if (factory === undefined) return undefined
    const console = world.newConsole()
    const { sdk, setTimeout, setInterval, clearTimeout, clearInterval, queueMicrotask } = world.globals
    const view = scope.globalFor(console)
    return factory(
      view,
      view,
      console,
      sdk,
      setTimeout,
      setInterval,
      clearTimeout,
      clearInterval,
      queueMicrotask,
      undefined,
    )
  }

  /** Most executions have the limits of the one before. */
  function limitsOf(text: string): GuestLimits {
    if (text !== lastLimits.text) lastLimits = { text, limits: p.parse(text) }
    return lastLimits.limits
  }

  /** Puts by what is the one's whose turn it was. */
  function leave(): void {
    const leaving = p.mapGet(alive, current) as Alive | undefined
    if (leaving !== undefined) leaving.resume = keep()
  }

  function turnTo(run: number): LiveExecution | undefined {
    const next = p.mapGet(alive, run) as Alive | undefined
    if (next === undefined) return undefined
    if (run !== current) {
      leave()
      current = run
      next.resume()
    }
    return next.execution
  }

  function act(run: number, verb: string, a: string, b: string, call: number): void {
    const execution = turnTo(run)
    if (execution === undefined) return
    if (verb === 'settle') execution.calls.settle(call, a === 'ok', b)
    else if (verb === 'wake') execution.timers.wake()
    else if (verb === 'cancel') cancel()
    else if (verb === 'end') {
      executions.abandon(execution)
      p.mapDelete(alive, run)
    }
  }

  return function enter(
    verb: string,
    run = 0,
    a = '',
    b = '',
    c = '',
    d = '',
    e = '',
    f = 0,
    g = '',
  ): boolean {
    if (verb === 'expect') expected = a
    else if (verb === 'forget') p.mapDelete(factories, a)
    else if (verb === 'start') {
      leave()
      current = run
      if (!reset(e, f)) return false
      const execution = open(run, limitsOf(d), g, c)
      p.mapSet(alive, run, { execution, resume: nothing })
      void executions.begin(execution, () => evaluate(a), b)
    } else act(run, verb, a, b, f)
    return true
  }
}
