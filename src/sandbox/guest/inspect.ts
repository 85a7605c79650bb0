import type { Library } from './library.ts'
import type { Primordials } from './primordials.ts'

export interface InspectOptions {
  /** Levels that are shown below the first; null for all of them. */
  depth?: number | null
}

interface Inspecting {
  depth: number
  indentation: number
  /** The level that was shown last: how deep what stands within an object is. */
  level: number
  seen: object[]
  circular: Map<object, number>
  /** Values that may still be shown. */
  left: number
}

/** Shows values as the console of Node.js does: what they are, and not only what JSON has a form for. */
export function createInspect(p: Primordials, library: Library) {
  const { quoteWithin, key: keyText, inColumns, lay } = library.load('inspectText')
  const { kindOf, nameOf, prefixOf, functionText, errorText, webFields, keysOf } =
    library.load('inspectKinds')
  const mostItems = 100
  const mostValues = 20_000
  const isProperty = p.uncurry(Object.prototype.propertyIsEnumerable)

  function primitive(value: unknown, indentation: number): string {
    if (typeof value === 'string') return quoteWithin(value, indentation)
    if (typeof value === 'bigint') return `${value}n`
    return Object.is(value, -0) ? '-0' : p.toText(value)
  }

  function show(value: unknown, at: Inspecting, level: number): string {
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function')
      return primitive(value, at.indentation)
    at.left -= 1
    if (at.left < 0) return '[...]'
    const custom = customText(value, at, level)
    if (custom !== undefined) return custom
    if (at.seen.includes(value)) {
      const number = at.circular.get(value) ?? at.circular.size + 1
      at.circular.set(value, number)
      return `[Circular *${number}]`
    }
    return showObject(value, at, level)
  }

  /** What an object says of itself where Node.js would ask it. */
  function customText(value: object, at: Inspecting, level: number): string | undefined {
    let own: unknown
    try {
      own = (value as Record<symbol, unknown>)[Symbol.for('nodejs.util.inspect.custom')]
    } catch {
      // A trap that refuses.
    }
    if (typeof own !== 'function') return undefined
    const given: unknown = p.apply(own as () => unknown, value, [at.depth - level, {}, inspect])
    if (given === value) return undefined
    if (typeof given !== 'string') return show(given, at, level)
    return given.replaceAll('\n', `\n${' '.repeat(at.indentation)}`)
  }

  const isText = (kind: string) => kind === 'regexp' || kind === 'date'

  function showObject(value: object, at: Inspecting, level: number): string {
    const kind = kindOf(value)
    const name = nameOf(value)
    const fields = webFields(value) ?? []
    const keys = fields.length > 0 ? [] : keysOf(value, kind)
    const { base, open, close, isEmpty } = frameOf(value, kind, name, at)
    if (isEmpty && keys.length + fields.length === 0) return base === '' ? `${open}${close}` : base
    if (level > at.depth) return isText(kind) ? base : `[${name ?? 'Object: null prototype'}]`
    const entries = entriesOf(value, { kind, fields, keys, at, level })
    return laid(value, { kind, base, open, close, entries, at, level })
  }

  interface Contents {
    kind: string
    fields: ReturnType<typeof webFields> & object
    keys: (string | symbol)[]
    at: Inspecting
    level: number
  }

  function entriesOf(value: object, { kind, fields, keys, at, level }: Contents): string[] {
    const entries: string[] = []
    at.seen.push(value)
    at.level = level
    at.indentation += 2
    addItems(value, kind, { entries, at, level: level + 1 })
    for (const [text, ...item] of fields)
      entries.push(item.length === 0 ? text : text + show(item[0], at, level + 1))
    for (const key of keys) entries.push(property(value, key, at, level + 1))
    at.indentation -= 2
    at.seen.pop()
    return entries
  }

  function laid(value: object, { kind, base, open, close, entries, at, level }: Laying): string {
    const number = at.circular.get(value)
    const reference = number === undefined ? base : `<ref *${number}>${base === '' ? '' : ` ${base}`}`
    const count = entries.length
    const isList = kind === 'array' || kind === 'typed'
    const { indentation } = at
    const columns = { indentation, isNumeric: isList && isNumeric(value, count), hasMore: hasMore(value) }
    const rows = isList && count > 6 ? inColumns(entries, columns) : entries
    const isShallow = at.level - level < 3 && rows.length === count
    return lay({ base: reference, open, close, entries: rows, indentation, isShallow })
  }

  interface Laying {
    kind: string
    base: string
    open: string
    close: string
    entries: string[]
    at: Inspecting
    level: number
  }

  const hasMore = (value: object) => (value as unknown[]).length > mostItems
  function isNumeric(value: object, count: number): boolean {
    for (let index = 0; index < count; index += 1) {
      const item = (value as unknown[])[index]
      if (typeof item !== 'number' && typeof item !== 'bigint') return false
    }
    return true
  }

  function frameOf(value: object, kind: string, name: string | null, at: Inspecting) {
    const frame = (base: string, open: string, close: string, isEmpty: boolean) => ({
      base,
      open,
      close,
      isEmpty,
    })
    const prefix = (fallback: string, size = '') => prefixOf(value, name, fallback, size)
    if (kind === 'array') {
      const { length } = value as unknown[]
      const before = prefix('Array', `(${length})`)
      return frame('', `${before === `Array(${length}) ` ? '' : before}[`, ']', length === 0)
    }
    if (kind === 'arguments') return frame('', '[Arguments] {', '}', true)
    if (kind === 'typed') {
      const { length } = value as Uint8Array
      return frame('', `${prefix('TypedArray', `(${length})`)}[`, ']', length === 0)
    }
    if (kind === 'Map' || kind === 'Set') {
      const { size } = value as Map<unknown, unknown>
      return frame('', `${prefix(kind, `(${size})`)}{`, '}', size === 0)
    }
    if (kind === 'object')
      return frame(
        '',
        name === 'Object' && prefix('') === 'Object ' ? '{' : `${prefix('Object')}{`,
        '}',
        true,
      )
    return frame(baseOf(value, kind, name, at), '{', '}', true)
  }

  function baseOf(value: object, kind: string, name: string | null, at: Inspecting): string {
    if (kind === 'function') return functionText(value as () => unknown, name)
    if (kind === 'error') return errorText(value as Error, at.indentation)
    if (kind === 'regexp') return p.toText(value)
    if (kind === 'date') {
      const date = value as Date
      return Number.isNaN(date.getTime()) ? p.toText(date) : date.toISOString()
    }
    // A boxed primitive.
    const inner: unknown = Object(value).valueOf()
    return `[${kind}: ${primitive(inner, 0)}]`
  }

  interface Adding {
    entries: string[]
    at: Inspecting
    level: number
  }

  function addItems(value: object, kind: string, { entries, at, level }: Adding): void {
    const more = (count: number) => {
      if (count > 0) entries.push(`... ${count} more item${count > 1 ? 's' : ''}`)
    }
    if (kind === 'array') more(addArray(value as unknown[], { entries, at, level }))
    else if (kind === 'typed') {
      const list = value as Uint8Array
      for (let index = 0; index < p.min(list.length, mostItems); index += 1)
        entries.push(primitive(list[index], 0))
      more(list.length - mostItems)
    } else if (kind === 'Map' || kind === 'Set') {
      const isMap = kind === 'Map'
      const map = value as Map<unknown, unknown>
      const each = isMap ? Map.prototype.forEach : Set.prototype.forEach
      let count = 0
      const add = (item: unknown, key: unknown) => {
        count += 1
        if (count > mostItems) return
        entries.push(isMap ? `${show(key, at, level)} => ${show(item, at, level)}` : show(item, at, level))
      }
      p.apply(each as (add: unknown) => void, map, [add])
      more(count - mostItems)
    }
  }

  /** @returns how many were left out */
  function addArray(list: unknown[], { entries, at, level }: Adding): number {
    let index = 0
    while (index < list.length && entries.length < mostItems) {
      if (Object.hasOwn(list, index)) {
        entries.push(propertyValue(list, `${index}`, at, level))
        index += 1
        continue
      }
      const from = index
      while (index < list.length && !Object.hasOwn(list, index)) index += 1
      entries.push(`<${index - from} empty item${index - from > 1 ? 's' : ''}>`)
    }
    return list.length - index
  }

  function property(value: object, key: string | symbol, at: Inspecting, level: number): string {
    const text = keyText(key)
    return `${isProperty(value, key) ? text : `[${text}]`}: ${propertyValue(value, key, at, level)}`
  }

  /** What an accessor would give is not asked for. */
  function propertyValue(value: object, key: string | symbol, at: Inspecting, level: number): string {
    const { get, set, value: item } = p.getOwnPropertyDescriptor(value, key) ?? {}
    if (get) return set ? '[Getter/Setter]' : '[Getter]'
    return set ? '[Setter]' : show(item, at, level)
  }

  function inspect(value: unknown, { depth = 2 }: InspectOptions = {}): string {
    const limit = depth === null ? Infinity : depth
    return show(
      value,
      { depth: limit, indentation: 0, level: 0, seen: [], circular: new Map(), left: mostValues },
      0,
    )
  }
  return { inspect }
}
