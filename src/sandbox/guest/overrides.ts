import type { Primordials } from './primordials.ts'

/**
 * Repairs what freezing breaks: JavaScript refuses `object.toString = …` when a prototype's `toString` is
 * read-only, though the assignment would leave the prototype alone. So the properties of prototypes become
 * accessors whose setter does what the assignment meant: it defines the property on the object itself.
 *
 * Left as they are: `constructor` and `Symbol.iterator` of arrays, for their price (with accessors there V8
 * gives up its short ways: `map` 10 times and `[...array]` 5 times as slow), `length` of arrays, which
 * cannot be an accessor, and the methods of strings, but for those that classes of one's own replace. A script
 * that assigns one of those to what inherits it gets a TypeError; defining works. And a setter can throw but not
 * fail: `Reflect.set` of an inherited name on a frozen object throws.
 */
export function enableOverrides(p: Primordials, intrinsics: object[]): void {
  const ofStrings = ['constructor', 'toString', 'valueOf']
  const keptPlain = (owner: object, key: PropertyKey): boolean =>
    (owner === String.prototype && !ofStrings.includes(key as string)) ||
    (owner === Array.prototype && (key === 'constructor' || key === Symbol.iterator))

  /** What an assignment does to an object that inherits the property. */
  function assign(target: object, key: PropertyKey, value: unknown): void {
    const own = p.getOwnPropertyDescriptor(target, key)
    if (own?.writable) p.defineProperty(target, key, { value })
    else if (own) throw new p.TypeError(`Cannot assign to read only property '${p.toText(key)}' of object`)
    else if (!p.isExtensible(target))
      throw new p.TypeError(`Cannot add property ${p.toText(key)}, object is not extensible`)
    else p.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
  }

  function enable(owner: object, key: PropertyKey): void {
    const property = p.getOwnPropertyDescriptor(owner, key)
    if (!property?.writable || !property.configurable) return
    const { value } = property
    const name = p.toText(key)

    const accessor = {
      get: () => value,
      set(this: unknown, given: unknown): void {
        if ((typeof this !== 'object' || this === null) && typeof this !== 'function')
          throw new p.TypeError(`Cannot create property '${name}' on ${typeof this} '${p.toText(this)}'`)
        if (this !== owner) assign(this, key, given)
        // Those who look first whether it is there: `Array.prototype.at = Array.prototype.at || …`.
        else if (given !== value)
          throw new p.TypeError(`Cannot assign to '${name}': the built-in objects are read-only here.`)
      },
    }
    // By this mark, which is that of SES, code that reads descriptors (get-intrinsic, below many packages of npm)
    // knows that what it is after is the value.
    p.defineProperty(accessor.get, 'originalValue', { value })
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
