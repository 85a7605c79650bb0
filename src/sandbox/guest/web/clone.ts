import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** https://html.spec.whatwg.org/multipage/structured-data.html */
export function createClone(p: Primordials, library: Library) {
  const errors = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError }

  function refuse(value: unknown): never {
    const { DOMException } = library.load('exception')
    const made = typeof value === 'object' && value !== null ? value.constructor : undefined
    let text = `#<${typeof made === 'function' && made.name ? made.name : 'Object'}>`
    if (typeof value === 'symbol' || typeof value === 'function') text = String(value)
    throw new DOMException(`${text.slice(0, 200)} could not be cloned.`, 'DataCloneError')
  }

  function cloneError(error: Error, clone: (value: unknown) => unknown): Error {
    const name = `${error.name}` in errors ? (error.name as keyof typeof errors) : 'Error'
    const copy = Object.create(errors[name].prototype) as Error
    const made = new errors[name](`${error.message}`)
    Object.setPrototypeOf(made, Object.getPrototypeOf(copy))
    Object.defineProperty(made, 'stack', { value: `${error.stack}`, writable: true, configurable: true })
    if (Object.hasOwn(error, 'cause'))
      Object.defineProperty(made, 'cause', { value: clone(error.cause), writable: true, configurable: true })
    return made
  }

  type Taken = ReadonlyMap<ArrayBuffer, ArrayBuffer>

  function bufferOf(buffer: ArrayBuffer, seen: Map<object, unknown>, taken: Taken): ArrayBuffer {
    const known = taken.get(buffer) ?? (seen.get(buffer) as ArrayBuffer | undefined)
    const copy = known ?? buffer.slice(0)
    seen.set(buffer, copy)
    return copy
  }

  function viewOf(view: ArrayBufferView, buffer: ArrayBuffer): ArrayBufferView {
    const Made = view.constructor as new (...args: unknown[]) => ArrayBufferView
    const { length } = view as unknown as { length?: number }
    return new Made(buffer, view.byteOffset, length ?? view.byteLength)
  }

  /** What holds no other value, or undefined. */
  function leafOf(value: object, seen: Map<object, unknown>, taken: Taken): object | undefined {
    if (value instanceof Date) return new Date(value.getTime())
    if (value instanceof RegExp) return new RegExp(value.source, value.flags)
    if (
      value instanceof Boolean ||
      value instanceof Number ||
      value instanceof String ||
      value instanceof BigInt
    )
      return Object(value.valueOf())
    if (value instanceof ArrayBuffer) return bufferOf(value, seen, taken)
    if (ArrayBuffer.isView(value)) return viewOf(value, bufferOf(value.buffer as ArrayBuffer, seen, taken))
    if (library.isLoaded('blob') && value instanceof library.load('blob').Blob) return value
    if (library.isLoaded('exception') && value instanceof library.load('exception').DOMException) {
      const { name, message } = value
      return new (library.load('exception').DOMException)(message, name)
    }
    return undefined
  }

  const tagOf = p.uncurry(Object.prototype.toString)
  /** What keeps what it is where no copy would find it; a tag of the author's own says nothing. */
  function isHidden(value: object): boolean {
    if (Object.getPrototypeOf(value) === Object.prototype) return false
    const tag = tagOf(value).slice(8, -1)
    const isOwn = Object.hasOwn(value, Symbol.toStringTag)
    return !isOwn && (hidden.has(tag) || /^(Intl|Temporal)\.|(Iterator|Generator|Stream)$/.test(tag))
  }
  const hidden = new Set([
    ...[
      'WeakMap',
      'WeakSet',
      'Promise',
      'Symbol',
      'URL',
      'URLSearchParams',
      'Headers',
      'Request',
      'Response',
    ],
    ...['FormData', 'Event', 'CustomEvent', 'EventTarget', 'AbortSignal', 'AbortController', 'CryptoKey'],
  ])

  function cloneOf(given: unknown, taken: Taken): unknown {
    const seen = new Map<object, unknown>()

    function properties(from: object, to: object): object {
      for (const key of Object.keys(from)) {
        const value = clone((from as Record<string, unknown>)[key])
        Object.defineProperty(to, key, { value, writable: true, enumerable: true, configurable: true })
      }
      return to
    }

    function fillMap(from: Map<unknown, unknown>, to: Map<unknown, unknown>): object {
      for (const [key, item] of [...from]) to.set(clone(key), clone(item))
      return to
    }

    function fillSet(from: Set<unknown>, to: Set<unknown>): object {
      for (const item of [...from]) to.add(clone(item))
      return to
    }

    function fill(value: object): object {
      const remember = <Copy extends object>(copy: Copy): Copy => {
        seen.set(value, copy)
        return copy
      }
      if (Array.isArray(value)) return properties(value, remember(new Array(value.length)))
      if (value instanceof Map) return fillMap(value, remember(new Map()))
      if (value instanceof Set) return fillSet(value, remember(new Set()))
      if (value instanceof Error) return remember(cloneError(value, clone))
      if (isHidden(value)) refuse(value)
      return properties(value, remember({}))
    }

    function clone(value: unknown): unknown {
      if (typeof value === 'function' || typeof value === 'symbol') refuse(value)
      if (typeof value !== 'object' || value === null) return value
      if (seen.has(value)) return seen.get(value)
      const leaf = leafOf(value, seen, taken)
      if (leaf === undefined) return fill(value)
      seen.set(value, leaf)
      return leaf
    }
    return clone(given)
  }

  function structuredClone(...given: [value?: unknown, options?: { transfer?: Iterable<unknown> }]): unknown {
    if (given.length === 0) throw new TypeError('The "value" argument must be specified')
    const [value, options] = given
    const taken = new Map<ArrayBuffer, ArrayBuffer>()
    const list = [...(options?.transfer ?? [])]
    for (const item of list) if (!(item instanceof ArrayBuffer)) refuse(item)
    for (const item of list as ArrayBuffer[]) taken.set(item, item.transfer())
    return cloneOf(value, taken)
  }
  return { structuredClone }
}
