import type { Execution, GuestLimits } from './execute.ts'
import type { Primordials } from './primordials.ts'
import type { Scope, scopeNames } from './scope.ts'
import type { World } from './world.ts'

/** Evaluates a script anew: gives its body as a function that no other execution has. */
type Factory = (...scope: unknown[]) => unknown

export interface EntryParts {
  scope: Scope
  names: typeof scopeNames
  createExecution(limits: GuestLimits): Execution
  /** Before each execution: its seed, its clock, and what of the realm is to be as at first; false if it cannot be. */
  reset(seed: string, startedAt: number): boolean
}

/**
 * The one function through which the host enters: `expect` the code of a key, `start` it, `settle` a call,
 * `wake` the timers; `rest` does nothing, and is done when the microtasks are. It returns whether that was
 * possible: a realm that cannot be made as at first runs nothing any more.
 */
export function createEntry(p: Primordials, parts: EntryParts) {
  const { scope, names, createExecution, reset } = parts
  const factories = p.newMap<string, Factory>()
  let expected: string | undefined
  let execution: Execution | undefined
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

  function start(run: number, key: string, input: string, context: string, limits: GuestLimits): void {
    current = run
    execution = createExecution(limits)
    void execution.begin((world) => evaluate(key, world), input, context)
  }

  return function enter(verb: string, run = 0, a = '', b = '', c = '', d = '', e = '', f = 0): boolean {
    if (verb === 'expect') expected = a
    else if (verb === 'forget') p.mapDelete(factories, a)
    else if (verb === 'start') {
      if (!reset(e, f)) return false
      start(run, a, b, c, p.parse(d))
    } else if (execution === undefined || run !== current) return true
    else if (verb === 'settle') execution.parts.calls.settle(f, a === 'ok', b)
    else if (verb === 'wake') execution.parts.timers.wake()
    return true
  }
}
