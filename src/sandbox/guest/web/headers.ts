import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** https://fetch.spec.whatwg.org/#headers-class */
export function createHeaders(_p: Primordials, library: Library) {
  const { declare } = library.load('interfaces')
  const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

  function nameOf(name: unknown): string {
    const text = `${name}`
    if (!token.test(text)) throw new TypeError(`Headers: '${text.slice(0, 100)}' is an invalid header name.`)
    return text.toLowerCase()
  }

  function textOf(name: string, value: unknown): string {
    const text = `${value}`.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '')
    if (/[\0\r\n]|[^\0-\xff]/.test(text))
      throw new TypeError(`Headers: '${name}' has an invalid header value.`)
    return text
  }

  function* pairsOf(record: Record<PropertyKey, unknown>): Generator<[PropertyKey, unknown]> {
    for (const key of Reflect.ownKeys(record))
      if (Reflect.getOwnPropertyDescriptor(record, key)?.enumerable) yield [key, record[key]]
  }

  class Headers {
    /** In the order of their names; Set-Cookie is the one that is not joined. */
    readonly #map = new Map<string, string[]>()

    constructor(init?: unknown) {
      if (init === undefined) return
      if ((typeof init !== 'object' && typeof init !== 'function') || init === null)
        throw new TypeError('Headers: the initial value is neither a sequence nor a record.')
      if (init instanceof Headers) this.#fillFrom(init)
      else if (Symbol.iterator in init) this.#fillFrom(init as Iterable<Iterable<unknown>>)
      else this.#fillFrom(pairsOf(init as Record<PropertyKey, unknown>))
    }

    #fillFrom(pairs: Iterable<Iterable<unknown>>): void {
      for (const pair of pairs) {
        const [name, value, ...rest] = [...pair]
        if (value === undefined || rest.length > 0)
          throw new TypeError('Headers: each pair must be a name and a value.')
        this.append(name, value)
      }
    }

    append(name: unknown, value: unknown): void {
      const key = nameOf(name)
      const text = textOf(key, value)
      this.#map.set(key, [...(this.#map.get(key) ?? []), text])
    }

    delete(name: unknown): void {
      this.#map.delete(nameOf(name))
    }

    get(name: unknown): string | null {
      return this.#map.get(nameOf(name))?.join(', ') ?? null
    }

    getSetCookie(): string[] {
      return [...(this.#map.get('set-cookie') ?? [])]
    }

    has(name: unknown): boolean {
      return this.#map.has(nameOf(name))
    }

    set(name: unknown, value: unknown): void {
      const key = nameOf(name)
      this.#map.set(key, [textOf(key, value)])
    }

    forEach(callback: (value: string, name: string, headers: Headers) => unknown, self?: unknown): void {
      if (typeof callback !== 'function') throw new TypeError('Headers.forEach needs a function.')
      for (const [name, value] of this) callback.call(self, value, name, this)
    }

    #pairs(): [string, string][] {
      return [...this.#map.keys()].sort().flatMap((name): [string, string][] => {
        const values = this.#map.get(name) ?? []
        if (name === 'set-cookie') return values.map((value) => [name, value])
        return [[name, values.join(', ')]]
      })
    }

    *entries(): Generator<[string, string]> {
      yield* this.#pairs()
    }

    *keys(): Generator<string> {
      for (const [name] of this.#pairs()) yield name
    }

    *values(): Generator<string> {
      for (const [, value] of this.#pairs()) yield value
    }

    [Symbol.iterator](): Generator<[string, string]> {
      return this.entries()
    }
  }
  declare(Headers)
  return { Headers }
}
