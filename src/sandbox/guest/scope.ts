import type { Primordials } from './primordials.ts'
import type { World } from './world.ts'

/**
 * What a script's code finds by name, over the names of the global object: the parameters of the function
 * that its code is put into, so that each execution has its own. The last one hides ours.
 */
export const scopeNames = [
  'globalThis',
  'self',
  'console',
  'sdk',
  'setTimeout',
  'setInterval',
  'clearTimeout',
  'clearInterval',
  'queueMicrotask',
  '$pgscript$',
] as const

export interface Scope {
  isShared: boolean
  /** What the executions of a realm share, to be frozen with the rest. */
  roots: object[]
  /** The execution's own `globalThis`, with its console. */
  globalFor(console: object): object
}

type Lay = typeof lay

export function lay(p: Primordials, globals: Record<string, unknown>, target: object): object {
  for (const name of p.keys(globals)) {
    const value = globals[name]
    p.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true })
  }
  return target
}

/** In a context of its own an execution gets the real global object. */
export function createOwnScope(p: Primordials, lay: Lay, world: World): Scope {
  return {
    isShared: false,
    roots: [],
    globalFor: (console) => lay(p, { ...world.globals, console, self: globalThis }, globalThis),
  }
}

/**
 * In a shared realm it gets an object of its own that inherits from the frozen global object: it may add
 * and replace properties there, and nobody else sees them. They are not found by bare name, though.
 */
export function createSharedScope(p: Primordials, lay: Lay, world: World): Scope {
  const prototype = p.create(Object.prototype)
  for (const key of p.ownKeys(globalThis)) {
    const property = p.getOwnPropertyDescriptor(globalThis, key)
    if (property === undefined || key === 'globalThis' || key === '$pgscript$') continue
    // Writable until the overrides are enabled, which make it an accessor that a script can assign over.
    const isData = property.get === undefined
    p.defineProperty(prototype, key, { ...property, ...(isData && { writable: true }), configurable: true })
  }
  const hidden = { writable: true, enumerable: false, configurable: true }
  const names = {
    get self() {
      return this
    },
  }
  const get = p.getOwnPropertyDescriptor(names, 'self')?.get as () => object
  p.defineProperty(prototype, 'self', { get, enumerable: false, configurable: true })
  return {
    isShared: true,
    // As a property of this name, so that it is treated as the prototype that it is.
    roots: [{ prototype: lay(p, world.globals, prototype) }],
    globalFor(console) {
      const view = p.create(prototype)
      p.defineProperty(view, 'console', { ...hidden, value: console })
      p.defineProperty(view, 'globalThis', { ...hidden, value: view })
      return view
    },
  }
}
