import type { Primordials } from './primordials.ts'

/**
 * Repairs what freezing breaks: JavaScript refuses `object.toString = …` when a prototype's `toString` is
 * read-only, though the assignment would leave the prototype alone. So the properties of prototypes become
 * accessors whose setter does what the assignment meant: it defines the property on the object itself.
 *
 * Left as they are: `constructor` and `Symbol.iterator` of arrays, for their price (with accessors there V8
 * gives up its short ways: `map` 10 times and `[...array]` 5 times as slow), `length` of arrays, which
 * cannot be an accessor, and the methods of strings, which are not assigned to. A script that assigns one
 * of those to what inherits it gets a TypeError; defining works. And a setter can throw but not fail:
 * `Reflect.set` of an inherited name on a frozen object throws.
 */
export function enableOverrides(p: Primordials, intrinsics: object[]): void {
  const keptPlain = (owner: object, key: PropertyKey): boolean =>
    owner === String.prototype ||
    (owner === Array.prototype && (key === 'constructor' || key === Symbol.iterator))

  function enable(owner: object, key: PropertyKey): void {
    const property = p.getOwnPropertyDescriptor(owner, key)
    if (!property?.writable || !property.configurable) return
    const { value } = property
    const name = p.toText(key)

    function refuse(): never {
      throw new p.TypeError(`Cannot assign to '${name}': the built-in objects are read-only here.`)
    }

    const accessor = {
      get: () => value,
      set(this: unknown, given: unknown): void {
        const isObject = (typeof this === 'object' && this !== null) || typeof this === 'function'
        if (!isObject || this === owner) refuse()
        const own = p.getOwnPropertyDescriptor(this, key)
        if (own === undefined) {
          if (!p.isExtensible(this)) refuse()
          p.defineProperty(this, key, { value: given, writable: true, enumerable: true, configurable: true })
        } else if (own.writable) p.defineProperty(this, key, { value: given })
        else refuse()
      },
    }
    p.freeze(accessor.get)
    p.freeze(accessor.set)
    const { enumerable = false } = property
    p.defineProperty(owner, key, { ...accessor, enumerable, configurable: true })
  }

  const prototypes = new Set<object>()
  for (const object of intrinsics) {
    const prototype: unknown = p.getOwnPropertyDescriptor(object, 'prototype')?.value
    if (typeof prototype === 'object' && prototype !== null) prototypes.add(prototype)
  }
  prototypes.add(Function.prototype)
  for (const prototype of prototypes) {
    for (const key of p.ownKeys(prototype)) if (!keptPlain(prototype, key)) enable(prototype, key)
  }
}
