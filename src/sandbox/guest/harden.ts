import type { Primordials } from './primordials.ts'

/**
 * Takes away what a script must not have. isolated-vm lets code be made from strings whatever V8's own
 * flag says, so every constructor that does it is replaced where it can be reached: through its name and
 * through its prototype's `constructor`.
 *
 * @param strings `allowed` where a tenant may make code from strings; `unshared` where it might, but executions
 * share this realm, which such code could reach around
 */
export function harden(p: Primordials, strings: 'allowed' | 'unshared' | 'refused'): void {
  const world = globalThis as Record<string, unknown>

  // Compiled code escapes the memory limit, shared memory the tenant; Atomics blocks threads; finalisers
  // and weak references would run code of one execution during a later one.
  for (const name of [
    'WebAssembly',
    'SharedArrayBuffer',
    'Atomics',
    'FinalizationRegistry',
    'WeakRef',
    'console',
  ]) {
    delete world[name]
  }

  function define(target: object, name: string, value: unknown): void {
    p.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true })
  }

  function refuseCode(name: string): unknown {
    const why =
      strings === 'unshared'
        ? 'the tenant may make code from strings only if its isolation is context or isolate'
        : 'code cannot be made from strings'
    // No arrow function: `new` must take it as well, so that it is this that is said.
    function refused(_text: string): never {
      throw new p.TypeError(`${name} is not available: ${why}.`)
    }
    define(refused, 'name', name)
    return refused
  }

  function refuseAll(): void {
    const kinds = [() => {}, async () => {}, function* () {}, async function* () {}]
    const names = ['Function', 'AsyncFunction', 'GeneratorFunction', 'AsyncGeneratorFunction']
    kinds.forEach((kind, index) => {
      const prototype = p.getPrototypeOf(kind)
      const refused = refuseCode(names[index] as string) as { prototype: unknown }
      // So that `value instanceof Function` goes on working.
      p.defineProperty(refused, 'prototype', { value: prototype, writable: false })
      p.defineProperty(prototype, 'constructor', { value: refused, writable: true, configurable: true })
      if (index === 0) define(world, 'Function', refused)
    })
    define(world, 'eval', refuseCode('eval'))
  }
  if (strings !== 'allowed') refuseAll()

  // A resizable buffer reserves its maximum outside the heap, where the isolate's limit does not count it.
  const Original = ArrayBuffer
  const Fixed = function (this: unknown, length: number): unknown {
    if (new.target === undefined) throw new p.TypeError("Constructor ArrayBuffer requires 'new'")
    return p.construct(Original, [length], new.target)
  }
  p.defineProperty(Fixed, 'prototype', { value: Original.prototype, writable: false })
  define(Fixed, 'name', 'ArrayBuffer')
  define(Fixed, 'isView', Original.isView)
  p.defineProperty(Fixed, Symbol.species, {
    get(this: unknown) {
      return this
    },
    configurable: true,
  })
  define(Original.prototype, 'constructor', Fixed)
  delete (Original.prototype as { resize?: unknown }).resize
  define(world, 'ArrayBuffer', Fixed)
}
