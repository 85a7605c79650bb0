import type { GuestErrors } from './errors.ts'
import type { LiveExecution } from './live.ts'
import type { Modules } from './modules.ts'
import type { Primordials } from './primordials.ts'

/** What a module of the guest gets besides its own text. */
export interface Library {
  errors: GuestErrors
  /** Evaluates a module when it is first asked for. (`NoInfer`: else its type would depend on all the others.) */
  load<Name extends keyof Modules>(name: Name): NoInfer<Modules[Name]>
  isLoaded(name: keyof Modules): boolean
  /** The execution at hand: modules are shared in a realm, so they keep nothing of one themselves. */
  live(): LiveExecution
}

export interface LibraryParts {
  errors: GuestErrors
  /** Asks the host for a module's text, and waits for it. */
  textOf(name: string): string
  /** Makes a module's exports safe to share, before anybody has them. */
  seal(exports: object): void
  live(): LiveExecution
}

/**
 * The parts of the guest that most executions never touch. Their texts stay with the host until they are
 * needed: compiling them for each isolate would double what an isolate costs.
 */
export function createLibrary(p: Primordials, { errors, textOf, seal, live }: LibraryParts): Library {
  const loaded = p.newMap<string, object>()

  function load(name: string): object {
    const known = p.mapGet(loaded, name) as object | undefined
    if (known !== undefined) return known
    const make = p.evaluate(textOf(name)) as (p: Primordials, library: Library) => object
    const exports = make(p, library)
    seal(exports)
    // Last, so that a stack overflow on the way leaves nothing half made behind.
    p.mapSet(loaded, name, exports)
    return exports
  }

  const library = { errors, load, isLoaded: (name: string) => p.mapHas(loaded, name), live } as Library
  return library
}
