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
 * @returns what must be called before each run
 */
export function freezeRealm(p: Primordials, roots: object[], parts: FreezeParts): () => void {
  // The last match of a regular expression, on the constructor: it would be read by the next execution.
  const needed = ['length', 'name', 'prototype', 'escape']
  for (const key of p.ownKeys(RegExp)) {
    if (typeof key === 'string' && !needed.includes(key)) delete (RegExp as unknown as Record<string, unknown>)[key]
  }

  const intrinsics = parts.collectIntrinsics(p, roots)
  parts.enableOverrides(p, intrinsics)

  // V8 reads this from the constructor and takes it as plain data only, so it stays a script's to set.
  const Errors = p.Error as unknown as { stackTraceLimit: unknown }
  p.defineProperty(Errors, 'stackTraceLimit', { value: 10, writable: true, configurable: false })
  for (const intrinsic of intrinsics) {
    if (intrinsic !== p.Error) p.freeze(intrinsic)
  }
  for (const key of p.ownKeys(p.Error)) {
    const isData = p.getOwnPropertyDescriptor(p.Error, key)?.get === undefined
    const readOnly = { configurable: false, ...(isData && { writable: false }) }
    if (key !== 'stackTraceLimit') p.defineProperty(p.Error, key, readOnly)
  }
  Object.preventExtensions(p.Error)

  return () => {
    Errors.stackTraceLimit = 10
  }
}
