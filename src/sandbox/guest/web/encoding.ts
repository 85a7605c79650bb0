import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** https://encoding.spec.whatwg.org/, of the legacy encodings those of one byte a character and UTF-16; `atob` and `btoa`. */
export function createEncoding(_p: Primordials, library: Library) {
  const { declare } = library.load('interfaces')
  const utf8 = library.load('utf8')
  const { isBinary, view } = library.load('bytes')

  class TextEncoder {
    get encoding(): string {
      return 'utf-8'
    }

    encode(text: unknown = ''): Uint8Array {
      return utf8.encode(`${text}`)
    }

    encodeInto(text: unknown, target: Uint8Array): { read: number; written: number } {
      if (!(target instanceof Uint8Array)) throw new TypeError('encodeInto needs a Uint8Array.')
      return utf8.encodeInto(`${text}`, target)
    }
  }

  const labels: Record<string, string[]> = {
    'utf-8': ['utf-8', 'utf8', 'unicode-1-1-utf-8', 'unicode11utf8', 'unicode20utf8', 'x-unicode20utf8'],
    'utf-16le': ['utf-16le', 'utf-16', 'ucs-2', 'unicode', 'csunicode', 'iso-10646-ucs-2', 'unicodefeff'],
    'utf-16be': ['utf-16be', 'unicodefffe'],
  }
  function singleByteName(label: string): string | undefined {
    const { names } = library.load('singleByte')
    return Object.hasOwn(names, label) ? names[label] : undefined
  }

  function nameOf(label: string): string {
    const wanted = label.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, '').toLowerCase()
    const known = Object.keys(labels).find((key) => labels[key]?.includes(wanted))
    const name = known ?? singleByteName(wanted)
    if (name === undefined) throw new RangeError(`The "${label}" encoding is not supported`)
    return name
  }

  function singleByte(bytes: Uint8Array, encoding: string): string {
    const table = library.load('singleByte').tables[encoding] as string
    const text = utf8.textOf(bytes, bytes.length)
    return text.replace(/[\x80-\xff]/g, (one) => table[one.charCodeAt(0) - 0x80] as string)
  }

  class TextDecoder {
    readonly #encoding: string
    readonly #fatal: boolean
    readonly #ignoreBOM: boolean
    #state = utf8.begin()
    /** Of UTF-16: the first byte of a unit that was cut, and the first half of a pair. */
    #rest: number[] = []
    #started = false

    constructor(label: unknown = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
      this.#encoding = nameOf(`${label}`)
      this.#fatal = Boolean(options?.fatal)
      this.#ignoreBOM = Boolean(options?.ignoreBOM)
    }

    get encoding(): string {
      return this.#encoding
    }

    get fatal(): boolean {
      return this.#fatal
    }

    get ignoreBOM(): boolean {
      return this.#ignoreBOM
    }

    get #isUnicode(): boolean {
      return Object.hasOwn(labels, this.#encoding)
    }

    #singleByte(bytes: Uint8Array): string {
      const text = singleByte(bytes, this.#encoding)
      if (text.includes('\ufffd')) this.#wrong()
      return text
    }

    #wrong(): void {
      if (!this.#fatal) return
      this.#state = utf8.begin()
      this.#started = false
      const error = new TypeError(`The encoded data was not valid for encoding ${this.#encoding}`)
      throw Object.assign(error, { code: 'ERR_ENCODING_INVALID_ENCODED_DATA' })
    }

    #utf16(bytes: Uint8Array, last: boolean): string {
      const all = Uint8Array.from([...this.#rest, ...bytes])
      const units: number[] = []
      const whole = all.length - (all.length % 2)
      const [low, high] = this.#encoding === 'utf-16le' ? [0, 1] : [1, 0]
      for (let at = 0; at < whole; at += 2)
        units.push((all[at + low] as number) | ((all[at + high] as number) << 8))
      const end = units.at(-1) ?? 0
      const isCut = !last && end >= 0xd800 && end <= 0xdbff
      this.#rest = last ? [] : [...all.subarray(isCut ? whole - 2 : whole)]
      const text = utf8.textOf(units, isCut ? units.length - 1 : units.length)
      const isOdd = last && whole < all.length
      if (isOdd || !text.isWellFormed()) this.#wrong()
      return text.toWellFormed() + (isOdd ? '\ufffd' : '')
    }

    decode(input?: ArrayBuffer | ArrayBufferView, options: { stream?: boolean } = {}): string {
      if (input !== undefined && !isBinary(input)) {
        throw new TypeError('The "list" argument must be an instance of ArrayBuffer or ArrayBufferView.')
      }
      const bytes = input === undefined ? new Uint8Array(0) : view(input)
      const last = !options?.stream
      let text: string
      if (this.#encoding === 'utf-8') text = utf8.decode(this.#state, bytes, last, () => this.#wrong())
      else text = this.#isUnicode ? this.#utf16(bytes, last) : this.#singleByte(bytes)
      const startsHere = !this.#started && text !== ''
      this.#started = last ? false : this.#started || text !== ''
      const hasMark = startsHere && this.#isUnicode && text.charCodeAt(0) === 0xfeff
      return hasMark && !this.#ignoreBOM ? text.slice(1) : text
    }
  }

  for (const made of [TextEncoder, TextDecoder]) declare(made)

  function invalid(): Error {
    const { DOMException } = library.load('exception')
    return new DOMException('Invalid character', 'InvalidCharacterError')
  }

  const missing = () => new TypeError('The "input" argument must be specified')

  function btoa(...given: [data?: unknown]): string {
    if (given.length === 0) throw missing()
    const [data] = given
    const text = `${data}`
    const bytes = new Uint8Array(text.length)
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index)
      if (code > 0xff) throw invalid()
      bytes[index] = code
    }
    return bytes.toBase64()
  }

  function atob(...given: [data?: unknown]): string {
    if (given.length === 0) throw missing()
    const [data] = given
    let bytes: Uint8Array
    try {
      bytes = Uint8Array.fromBase64(`${data}`)
    } catch {
      throw invalid()
    }
    return utf8.textOf(bytes, bytes.length)
  }

  return { TextEncoder, TextDecoder, atob, btoa }
}
