import type { Primordials } from './primordials.ts'

export interface FreezeParts {
  collectIntrinsics(p: Primordials, roots: object[]): object[]
  enableOverrides(p: Primordials, intrinsics: object[]): void
}

/**
 * Makes a realm that executions can use one after the other: when this returns, nothing that two of them
 * can reach may be changed. Must run before any author's code and after all of ours that changes
 * intrinsics.
 *
 * @param roots objects of our own that executions share
 * @returns what must be called before each run; false when the realm is not as at first any more
 */
export function freezeRealm(p: Primordials, roots: object[], parts: FreezeParts): () => boolean {
  // The last match of a regular expression, on the constructor: it would be read by the next execution.
  const needed = ['length', 'name', 'prototype', 'escape']
  for (const key of p.ownKeys(RegExp)) {
    if (typeof key === 'string' && !needed.includes(key))
      delete (RegExp as unknown as Record<string, unknown>)[key]
  }

  const intrinsics = parts.collectIntrinsics(p, roots)
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

  return () => {
    try {
      Errors.stackTraceLimit = 10
      return true
    } catch {
      return false
    }
  }
}
