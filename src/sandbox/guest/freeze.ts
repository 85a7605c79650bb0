import type { Follow } from './intrinsics.ts'
import type { Primordials } from './primordials.ts'

export interface FreezeParts {
  followReferences: Follow
  collectIntrinsics(p: Primordials, roots: object[], follow: Follow): object[]
  enableOverrides(p: Primordials, intrinsics: object[]): void
}

export interface FrozenRealm {
  /** Before each run; false when the realm is not as at first any more. */
  restore(): boolean
  /** What a script may set of the realm, as it is now: called, it is so again. */
  keep(): () => void
  seal(exports: object): void
}

/**
 * Makes a realm that executions can use one after the other: when this returns, nothing that two of them
 * can reach may be changed. Must run before any author's code and after all of ours that changes
 * intrinsics.
 *
 * @param roots objects of our own that executions share
 * @returns what must be called before each run, what keeps a run's state while another one has its turn, and
 *   what must be called with the exports of each module that is loaded later
 */
export function freezeRealm(p: Primordials, roots: object[], parts: FreezeParts): FrozenRealm {
  // `RegExp.$1` and its like tell the last match: none, before the next execution reads it.
  const empty = /(?:)/
  const exec = p.uncurry(RegExp.prototype.exec)
  const forgetMatch = () => exec(empty, '')

  const intrinsics = parts.collectIntrinsics(p, roots, parts.followReferences)
  parts.enableOverrides(p, intrinsics)

  // Stays a script's to set, and is set back before each run: V8 takes it as plain data only. Nothing keeps
  // a script from making it read-only, by `Object.freeze(Error)` for one, and nothing undoes that.
  const Errors = p.Error as unknown as { stackTraceLimit: unknown }
  p.defineProperty(Errors, 'stackTraceLimit', { value: 10, writable: true, configurable: false })
  for (const intrinsic of intrinsics) if (intrinsic !== Errors) p.freeze(intrinsic)
  for (const key of p.ownKeys(Errors)) {
    const isData = p.getOwnPropertyDescriptor(Errors, key)?.get === undefined
    const readOnly = { configurable: false, ...(isData && { writable: false }) }
    if (key !== 'stackTraceLimit') p.defineProperty(Errors, key, readOnly)
  }
  Object.preventExtensions(Errors)

  /** Whether it could be set. */
  function limitTraces(limit: unknown): boolean {
    try {
      Errors.stackTraceLimit = limit
      return true
    } catch {
      return false
    }
  }

  /** A table of numbers cannot be frozen; none is ever handed to a script. */
  const isTable = (object: object) => ArrayBuffer.isView(object)
  const known = new Set(intrinsics)

  function seal(exports: object): void {
    const { samples = [] } = exports as { samples?: object[] }
    const found = new Set(known)
    parts.followReferences(p, { from: [exports], samples, found })
    const fresh = [...found].filter((object) => !known.has(object))
    parts.enableOverrides(p, fresh)
    for (const object of fresh) if (!isTable(object)) p.freeze(object)
    // Last: what a stack overflow on the way has left out must be found again.
    for (const object of fresh) known.add(object)
  }

  return {
    restore: () => {
      forgetMatch()
      return limitTraces(10)
    },
    keep: () => {
      const kept = Errors.stackTraceLimit
      return () => {
        forgetMatch()
        limitTraces(kept)
      }
    },
    seal,
  }
}
