import type { Library } from './library.ts'
import type { Primordials } from './primordials.ts'

/** What kind of thing a value is, and what it is called when it is shown. */
export function createInspectKinds(p: Primordials, _library: Library) {
  const tagOf = p.uncurry(Object.prototype.toString)
  const isProperty = p.uncurry(Object.prototype.propertyIsEnumerable)
  const sizeOf = (of: object) => p.getOwnPropertyDescriptor(of, 'size')?.get as () => number
  /** Built-in methods that only work on the kind that they are of, so that no tag is believed. */
  const tests: [kind: string, test: (value: object) => unknown][] = [
    ['typed', (value) => ArrayBuffer.isView(value) && 'length' in value],
    [
      'error',
      (value) =>
        value instanceof p.Error || (Error as unknown as { isError(it: unknown): boolean }).isError(value),
    ],
    [
      'date',
      (value) => value instanceof p.Date && p.apply(p.Date.prototype.getTime, value, []) !== undefined,
    ],
    ['regexp', (value) => value instanceof RegExp],
  ]
  type Brand = [kind: string, method: (...given: never[]) => unknown, test: (value: object) => boolean]
  const brands: Brand[] = [
    ['Map', sizeOf(Map.prototype), (value) => value instanceof Map],
    ['Set', sizeOf(Set.prototype), (value) => value instanceof Set],
    ['Number', Number.prototype.valueOf, (value) => value instanceof Number],
    ['String', String.prototype.valueOf, (value) => value instanceof String],
    ['Boolean', Boolean.prototype.valueOf, (value) => value instanceof Boolean],
    ['BigInt', BigInt.prototype.valueOf, (value) => value instanceof BigInt],
    ['Symbol', Symbol.prototype.valueOf, (value) => value instanceof Symbol],
  ]

  function kindOf(value: object): string {
    if (typeof value === 'function') return 'function'
    if (p.arrayIsArray(value)) return 'array'
    const prototype = p.getPrototypeOf(value)
    if (prototype === Object.prototype) return isArguments(value) ? 'arguments' : 'object'
    for (const [kind, test] of tests) if (test(value)) return kind
    return brands.find((brand) => isOf(value, brand))?.[0] ?? 'object'
  }

  /** Not of what only inherits from it. */
  function isOf(value: object, [, method, test]: Brand): boolean {
    if (!test(value)) return false
    try {
      p.apply(method as () => unknown, value, [])
      return true
    } catch {
      return false
    }
  }

  function isArguments(value: object): boolean {
    try {
      return tagOf(value) === '[object Arguments]'
    } catch {
      return false
    }
  }

  /** The name of the class that made it; null where it inherits from nothing. */
  function nameOf(value: object): string | null {
    const prototype = p.getPrototypeOf(value)
    if (prototype === Object.prototype && !Object.hasOwn(value, 'constructor')) return 'Object'
    if (prototype === Array.prototype && !Object.hasOwn(value, 'constructor')) return 'Array'
    for (let at: object | null = value; at !== null; at = p.getPrototypeOf(at)) {
      const property = p.getOwnPropertyDescriptor(at, 'constructor')
      // Of built-in prototypes it is an accessor of ours, in a realm that is shared.
      const { originalValue } = (property?.get ?? {}) as { originalValue?: unknown }
      const made: unknown = property?.value ?? originalValue
      if (typeof made !== 'function' || made.name === '') continue
      if (isInstance(value, made)) return p.toText(made.name)
    }
    return p.getPrototypeOf(value) === null ? null : 'Object'
  }

  function isInstance(value: object, made: unknown): boolean {
    try {
      return value instanceof (made as new () => object)
    } catch {
      return false
    }
  }

  function tagText(value: object): string {
    try {
      const tag: unknown = (value as Record<symbol, unknown>)[Symbol.toStringTag]
      return typeof tag === 'string' && !isProperty(value, Symbol.toStringTag) ? tag : ''
    } catch {
      return ''
    }
  }

  function prefixOf(value: object, name: string | null, fallback: string, size: string): string {
    const tag = tagText(value)
    if (name === null) return `[${fallback}${size}: null prototype] ${tag === '' ? '' : `[${tag}] `}`
    if (tag === '' || tag === name) return `${name}${size} `
    if (tag.slice(tag.lastIndexOf('.') + 1) === name) return `${tag}${size} `
    return `${name}${size} [${tag}] `
  }

  const sourceOf = p.uncurry(Function.prototype.toString)
  function functionText(value: { name: unknown }, made: string | null): string {
    const name = typeof value.name === 'string' ? value.name : ''
    const source = sourceOf(value as never)
    if (/^class\b/.test(source)) {
      const parent = (p.getPrototypeOf(value) as { name?: unknown } | null)?.name
      return `[class ${name || '(anonymous)'}${parent ? ` extends ${p.toText(parent)}` : ''}]`
    }
    const kind = made !== null && /Function$/.test(made) ? made : 'Function'
    return `[${kind}${name === '' ? ' (anonymous)' : `: ${name}`}]`
  }

  /** By its present name: a stack begins with what an error was called when it was made. */
  function errorText(error: Error, indentation: number): string {
    const { name, message, stack } = error
    const head = message === '' ? p.toText(name) : `${p.toText(name)}: ${p.toText(message)}`
    const start = typeof stack === 'string' ? p.indexOf(stack, '\n    at ') : -1
    if (start < 0) return `[${head}]`
    return `${head}${p.slice(stack as string, start)}`.replaceAll('\n', `\n${' '.repeat(indentation)}`)
  }

  // Called so, for where `exec` is an accessor V8 takes the long way through methods that ask for it.
  const exec = p.uncurry(RegExp.prototype.exec)
  const isIndex = /^(?:0|[1-9]\d*)$/
  function keysOf(value: object, kind: string): (string | symbol)[] {
    const isList = kind === 'array' || kind === 'typed' || kind === 'String'
    const keys = p
      .ownKeys(value)
      .filter(
        (key) =>
          isProperty(value, key) && !(isList && typeof key === 'string' && exec(isIndex, key) !== null),
      )
    if (kind === 'error') addHidden(value as Error, keys)
    return keys
  }

  /** Of an error its name and message are in its first line; its causes are shown though they are hidden. */
  function addHidden(error: Error, keys: (string | symbol)[]): void {
    for (const key of ['stack', 'message', 'name']) {
      const at = keys.indexOf(key)
      if (at >= 0) keys.splice(at, 1)
    }
    for (const key of ['cause', 'errors'])
      if (Object.hasOwn(error, key) && !keys.includes(key)) keys.push(key)
  }

  /** What hides what it holds, by the texts that stand for it. */
  const opaque: Record<string, string> = { WeakMap: '<items unknown>', WeakSet: '<items unknown>' }
  const pairs = ['Headers', 'URLSearchParams', 'FormData']
  const shown = [
    'URL',
    'Request',
    'Response',
    'Blob',
    'File',
    'Event',
    'CustomEvent',
    'AbortSignal',
    'AbortController',
  ]

  /** A text and the value that follows it, or only a text. */
  type Fields = ([before: string, value: unknown] | [text: string])[]

  /** Of the web's objects, and of others whose properties are all on their prototypes, what is worth showing. */
  function webFields(value: object): Fields | undefined {
    const tag = tagText(value)
    if (tag === '') return undefined
    if (pairs.includes(tag)) {
      const arrow = tag === 'URLSearchParams'
      return Array.from(value as Iterable<[string, unknown]>, ([key, item]) => [
        arrow ? `'${key}' => ` : `${key}: `,
        item,
      ])
    }
    if (Object.hasOwn(opaque, tag)) return [[opaque[tag] as string]]
    if (tag === 'ArrayBuffer') return contentsOf(value as ArrayBuffer)
    return shown.includes(tag) ? accessorsOf(value) : undefined
  }

  function contentsOf(buffer: ArrayBuffer): Fields {
    const bytes = new p.Uint8Array(buffer)
    const shownBytes = Array.from(bytes.subarray(0, 50), (byte) => byte.toString(16).padStart(2, '0'))
    const more = bytes.length > 50 ? ` ... ${bytes.length - 50} more byte${bytes.length > 51 ? 's' : ''}` : ''
    return [[`[Uint8Contents]: <${shownBytes.join(' ')}${more}>`], ['[byteLength]: ', bytes.length]]
  }

  function accessorsOf(value: object): Fields {
    const fields: Fields = []
    for (
      let at = p.getPrototypeOf(value);
      at !== null && at !== Object.prototype;
      at = p.getPrototypeOf(at)
    ) {
      for (const key of p.ownKeys(at)) {
        const property = p.getOwnPropertyDescriptor(at, key)
        if (typeof key !== 'string' || !property?.enumerable || !property.get) continue
        const item: unknown = p.apply(property.get, value, [])
        if (typeof item !== 'function') fields.push([`${key}: `, item])
      }
    }
    return fields
  }

  return { kindOf, nameOf, prefixOf, functionText, errorText, webFields, keysOf }
}
