import type { Primordials } from '../primordials.ts'

type Interface = abstract new (...given: never[]) => object

/** What Web IDL says of an interface's class beside what it does: https://webidl.spec.whatwg.org/#interfaces */
export function createInterfaces(p: Primordials) {
  /**
   * Gives the class its tag and its length, and makes its members enumerable, as those of the web are:
   * `for (const name in response)` finds them.
   */
  function declare(made: Interface, length = 0): void {
    const { prototype } = made as { prototype: object }
    for (const key of p.ownKeys(prototype)) {
      if (typeof key === 'string' && key !== 'constructor')
        p.defineProperty(prototype, key, { enumerable: true })
    }
    p.defineProperty(prototype, Symbol.toStringTag, { value: made.name, configurable: true })
    p.defineProperty(made, 'length', { value: length, configurable: true })
  }
  return { declare }
}
