import type { Execution, GuestLimits } from './execute.ts'
import type { Send } from './logs.ts'
import type { Primordials } from './primordials.ts'
import type { Scope, scopeNames } from './scope.ts'
import type { World } from './world.ts'

/** Evaluates a script anew: gives its body as a function that no other execution has. */
type Factory = (...scope: unknown[]) => unknown

export interface EntryParts {
  scope: Scope
  names: typeof scopeNames
  createExecution(
    limits: GuestLimits,
    send: Send,
    entropy: string,
    context: string,
  ): { execution: Execution; context: object }
  send: Send
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
    execution: Execution
    resume: () => void
  }
  const { scope, names, createExecution, send, reset, keep } = parts
  const factories = p.newMap<string, Factory>()
  const alive = p.newMap<number, Alive>()
  let expected: string | undefined
  let current = 0

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

  /** Nothing of an author has run in this world yet, so plain JavaScript will do. */
  function evaluate(key: string, world: World): unknown {
    const factory = p.mapGet(factories, key) as Factory | undefined
    const view = scope.globalFor(world)
    const values = names.map((name) => (name === 'globalThis' ? view : world.globals[name]))
    return factory?.(...values)
  }

  /** Puts by what is the one's whose turn it was. */
  function leave(): void {
    const leaving = p.mapGet(alive, current) as Alive | undefined
    if (leaving !== undefined) leaving.resume = keep()
  }

  interface Start {
    key: string
    input: string
    context: string
    limits: GuestLimits
    entropy: string
  }

  function start(run: number, { key, input, context: text, limits, entropy }: Start): void {
    const sendOwn: Send = (verb, a, b, c, d) => {
      if (verb === 'done') p.mapDelete(alive, run)
      send(verb, a, b, c, d, run)
    }
    const { execution, context } = createExecution(limits, sendOwn, entropy, text)
    p.mapSet(alive, run, { __proto__: null, execution, resume: () => undefined } as unknown as Alive)
    void execution.begin((world) => evaluate(key, world), input, context)
  }

  function turnTo(run: number): Execution | undefined {
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
    if (verb === 'settle') execution?.parts.calls.settle(call, a === 'ok', b)
    else if (verb === 'wake') execution?.parts.timers.wake()
    else if (verb === 'cancel') execution?.cancel()
    else if (verb === 'end') {
      execution?.abandon()
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
      start(run, { key: a, input: b, context: c, limits: p.parse(d), entropy: g })
    } else act(run, verb, a, b, f)
    return true
  }
}
