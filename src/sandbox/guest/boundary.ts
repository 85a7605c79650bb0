import type { GuestErrors } from './errors.ts'
import type { FormlessAs } from './formless.ts'
import type { Primordials } from './primordials.ts'

export type Boundary = ReturnType<typeof createBoundary>

/**
 * The one way from a script's values to JSON text: for outputs, arguments of calls, and fields of logs. Nothing
 * is lost without a word: what JSON has no form for is an error that names its path, or a text in a log.
 *
 * Most values are plain, so they are looked through first (a third of what `JSON.stringify` costs) and then
 * written by it; only others are copied.
 */
export function createBoundary(
  p: Primordials,
  { errors, formlessAs }: { errors: GuestErrors; formlessAs: FormlessAs },
) {
  const maxDepth = 500
  /** Of 10 MB, the most that may cross, each value takes two characters at least. */
  const maxValues = 5_500_000
  let seen = 0
  /** Values that are being written: more than one where a getter of the author's writes another. */
  let writing = 0
  const plainPrototype = Object.prototype
  const tagOf = p.uncurry(Object.prototype.toString)
  const { isView } = ArrayBuffer
  const { isRawJSON: isRawJson } = JSON as unknown as { isRawJSON(value: unknown): boolean }
  const base64 = p.uncurry(Uint8Array.prototype.toBase64)
  const bytesOf = (buffer: unknown) => new p.Uint8Array(buffer as ArrayBuffer)

  // Two loops that say the same, on purpose: a call for each value would make this twice as slow.
  function isPlain(value: object, depth: number): boolean {
    seen += 1
    if (depth > maxDepth || seen > maxValues) return false
    if (p.getPrototypeOf(value) !== plainPrototype) return p.arrayIsArray(value) && isPlainArray(value, depth)
    for (const key in value) {
      const item = (value as Record<string, unknown>)[key]
      if (typeof item === 'object' ? item !== null && !isPlain(item, depth + 1) : isOdd(item)) return false
    }
    return true
  }

  function isPlainArray(value: unknown[], depth: number): boolean {
    seen += value.length
    if (seen > maxValues || (value as { toJSON?: unknown }).toJSON !== undefined) return false
    for (let index = 0; index < value.length; index += 1) {
      const item = value[index]
      if (typeof item === 'object' ? item !== null && !isPlain(item, depth + 1) : isOdd(item)) return false
    }
    return true
  }

  const isOdd = (value: unknown) =>
    typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint'

  interface Copying {
    /** Instead of failing, a log says what is there. */
    lenient: boolean
    deepest: number
    path: string[]
    ancestors: object[]
    refuse(what: string): Error
  }

  function odd(copying: Copying, what: string, shown: unknown): unknown {
    if (copying.lenient) return shown
    throw copying.refuse(what)
  }

  function copyPrimitive(value: unknown, copying: Copying): unknown {
    if (typeof value === 'bigint')
      return odd(copying, 'is a BigInt; convert it to a string or a number', `${value}n`)
    if (typeof value === 'function') return odd(copying, 'is a function', '[function]')
    if (typeof value === 'symbol') return odd(copying, 'is a symbol', p.toText(value))
    return value
  }

  function countTo(more: number, copying: Copying): void {
    seen += more
    if (!(seen <= maxValues)) throw copying.refuse(`has more than ${maxValues} values, and is too large`)
  }

  function copyItems(from: object, copying: Copying): unknown {
    countTo(1, copying)
    if (p.arrayIsArray(from)) {
      countTo(from.length, copying)
      const items: unknown[] = []
      for (let index = 0; index < from.length; index += 1) {
        const value = copyAt(`${index}`, from, copying)
        p.defineProperty(items, index, { value, writable: true, enumerable: true, configurable: true })
      }
      return items
    }
    const items = p.create(null) as Record<string, unknown>
    const tag = tagOf(from)
    if (tag === '[object Error]' || tag === '[object DOMException]') {
      items.name = copyAt('name', from, copying)
      items.message = copyAt('message', from, copying)
    }
    for (const key of p.keys(from)) {
      // It has been asked already.
      if (key === 'toJSON' && typeof (from as { toJSON?: unknown }).toJSON === 'function') continue
      items[key] = copyAt(key, from, copying)
    }
    return items
  }

  function copyAt(key: string, from: object, copying: Copying): unknown {
    const { path } = copying
    const depth = path.length
    // Set by index and by length: `push` is the author's to replace.
    p.defineProperty(path, depth, { value: key, writable: true, enumerable: true, configurable: true })
    const copied = copy((from as Record<string, unknown>)[key], key, copying)
    path.length = depth
    return copied
  }

  /** Of JSON.rawJSON: what is a few characters here, PostgreSQL writes out in 131,072 digits. */
  function copyRaw(value: { rawJSON: string }, copying: Copying): unknown {
    const { rawJSON: raw } = value
    if (raw[0] === '"') return value
    const at = p.max(p.indexOf(raw, 'e'), p.indexOf(raw, 'E'))
    const exponent = at < 0 ? 0 : +p.slice(raw, at + 1)
    const isHuge = +raw === Infinity || +raw === -Infinity || exponent > 400 || exponent < -400
    const what = 'is a number beyond what JavaScript can hold (1.8e308); make it a string'
    return isHuge ? odd(copying, what, '[huge number]') : value
  }

  function copyObject(value: object, copying: Copying): unknown {
    const { ancestors, deepest } = copying
    const depth = ancestors.length
    for (let index = 0; index < depth; index += 1)
      if (ancestors[index] === value) return odd(copying, 'is circular: it contains itself', '[circular]')
    if (depth > deepest) return odd(copying, `is nested more than ${deepest} levels deep`, '[too deep]')
    const tag = p.slice(tagOf(value), 8, -1)
    if (isView(value))
      return base64(bytesOf(value.buffer).subarray(value.byteOffset, value.byteOffset + value.byteLength))
    if (isRawJson(value)) return copyRaw(value as { rawJSON: string }, copying)
    if (tag === 'ArrayBuffer') return base64(bytesOf(value))
    if (tag === 'Number' || tag === 'String' || tag === 'Boolean') return p.parse(p.stringify(value))
    const formless = formlessAs(tag)
    if (formless !== undefined) return odd(copying, formless, `[${tag}]`)
    p.defineProperty(ancestors, depth, { value, writable: true, enumerable: true, configurable: true })
    const copied = copyItems(value, copying)
    ancestors.length = depth
    return copied
  }

  function copy(given: unknown, key: string, copying: Copying): unknown {
    let value = given
    if (typeof value === 'object' && value !== null) {
      const { toJSON } = value as { toJSON?: unknown }
      if (typeof toJSON === 'function') value = p.apply(toJSON as () => unknown, value, [key])
    }
    if (typeof value === 'object' && value !== null) return copyObject(value, copying)
    return copyPrimitive(value, copying)
  }

  function pathOf(root: string, { path }: Copying): string {
    let text = root
    for (let index = 0; index < path.length; index += 1) text += `.${path[index]}`
    return text.length > 200 ? `${p.slice(text, 0, 200)}…` : text
  }

  /** The text, or undefined for what JSON has no value for: `undefined`. */
  function write(value: unknown, root: string, fail: (reason: string) => Error): string | undefined {
    writing += 1
    let refused: Error | undefined
    const copying: Copying = {
      lenient: false,
      deepest: maxDepth,
      path: [],
      ancestors: [],
      refuse(what) {
        refused = fail(`${pathOf(root, copying)} ${what}.`)
        return refused
      },
    }
    try {
      if (looksPlain(value)) return p.stringify(value)
      seen = 0
      return p.stringify(copy(value, '', copying))
    } catch (thrown) {
      if (thrown === refused && refused) throw refused
      // A getter, a trap or a toJSON of the author's, or a text that is too long for V8.
      const { type, message } = errors.describe(thrown)
      const failed = fail(`${pathOf(root, copying)}: ${type}: ${message}`)
      p.defineProperty(failed, 'cause', { value: thrown, writable: true, configurable: true })
      throw failed
    } finally {
      writing -= 1
    }
  }

  /**
   * What throws is looked at again, by a way that knows where. Not where a getter of what is being looked at has
   * led here: two looks at each of a thousand levels would never end.
   */
  function looksPlain(value: unknown, depth = 0): boolean {
    seen = 0
    try {
      return typeof value === 'object' && value !== null && isPlain(value, depth)
    } catch (thrown) {
      if (writing > 1) throw thrown
      return false
    }
  }

  /** For a log: never throws, whatever the value does. What lies deeper than `levels` is left out. */
  function show(value: unknown, levels = maxDepth): string {
    writing += 1
    try {
      if (looksPlain(value, maxDepth - levels)) return p.stringify(value)
      seen = 0
      const refuse = () => new p.Error('')
      const copying: Copying = { lenient: true, deepest: levels, path: [], ancestors: [], refuse }
      return p.stringify(copy(value, '', copying)) ?? 'undefined'
    } catch {
      return '[object that cannot be shown]'
    } finally {
      writing -= 1
    }
  }

  return { write, show }
}
