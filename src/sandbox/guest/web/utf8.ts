/** UTF-8 in both directions, and chunks of text from bytes: https://encoding.spec.whatwg.org/#utf-8 */
export function createUtf8() {
  const chunk = 8192

  /** Code units to text, in pieces that fit on the stack. */
  function textOf(units: number[] | Uint8Array, length: number): string {
    let text = ''
    for (let start = 0; start < length; start += chunk) {
      const piece = units.slice(start, Math.min(start + chunk, length)) as unknown as number[]
      text += String.fromCharCode.apply(null, piece)
    }
    return text
  }

  /** The code point at an index; half a surrogate pair is U+FFFD, as Web IDL has it. */
  function scalarAt(text: string, index: number): number {
    const code = text.codePointAt(index) as number
    return code >= 0xd800 && code <= 0xdfff ? 0xfffd : code
  }

  function put(bytes: Uint8Array, at: number, code: number): number {
    if (code < 0x80) {
      bytes[at] = code
      return at + 1
    }
    if (code < 0x800) {
      bytes[at] = 0xc0 | (code >> 6)
      bytes[at + 1] = 0x80 | (code & 63)
      return at + 2
    }
    if (code < 0x10000) {
      bytes[at] = 0xe0 | (code >> 12)
      bytes[at + 1] = 0x80 | ((code >> 6) & 63)
      bytes[at + 2] = 0x80 | (code & 63)
      return at + 3
    }
    bytes[at] = 0xf0 | (code >> 18)
    bytes[at + 1] = 0x80 | ((code >> 12) & 63)
    bytes[at + 2] = 0x80 | ((code >> 6) & 63)
    bytes[at + 3] = 0x80 | (code & 63)
    return at + 4
  }

  const sizeOf = (code: number) => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4)

  function byteLength(text: string): number {
    let size = 0
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index)
      if (code < 0x80) size += 1
      else {
        const scalar = scalarAt(text, index)
        size += sizeOf(scalar)
        if (scalar > 0xffff) index += 1
      }
    }
    return size
  }

  /** Writes what fits whole; says how many code units were read and bytes written. */
  function encodeInto(text: string, bytes: Uint8Array): { read: number; written: number } {
    let at = 0
    let index = 0
    while (index < text.length) {
      const code = scalarAt(text, index)
      if (at + sizeOf(code) > bytes.length) break
      at = put(bytes, at, code)
      index += code > 0xffff ? 2 : 1
    }
    return { read: index, written: at }
  }

  function encode(text: string): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(byteLength(text))
    encodeInto(text, bytes)
    return bytes
  }

  interface DecoderState {
    code: number
    needed: number
    seen: number
    lower: number
    upper: number
  }
  const begin = (): DecoderState => ({ code: 0, needed: 0, seen: 0, lower: 0x80, upper: 0xbf })

  /** How many bytes follow a first one, and between what the next must be; undefined for none that may be first. */
  function follow(byte: number): { needed: number; lower: number; upper: number } | undefined {
    if (byte < 0xc2 || byte > 0xf4) return undefined
    if (byte < 0xe0) return { needed: 1, lower: 0x80, upper: 0xbf }
    if (byte < 0xf0)
      return { needed: 2, lower: byte === 0xe0 ? 0xa0 : 0x80, upper: byte === 0xed ? 0x9f : 0xbf }
    return { needed: 3, lower: byte === 0xf0 ? 0x90 : 0x80, upper: byte === 0xf4 ? 0x8f : 0xbf }
  }

  function lead(state: DecoderState, byte: number): boolean {
    const following = follow(byte)
    if (following === undefined) return false
    Object.assign(state, following)
    state.code = byte & (0x3f >> following.needed)
    return true
  }

  function push(units: number[], code: number): void {
    if (code <= 0xffff) units.push(code)
    else units.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff))
  }

  /** Takes one byte: false where it cannot be here; then it has to be read again, as a first one. */
  function take(state: DecoderState, byte: number, units: number[], replace: () => void): boolean {
    if (state.needed === 0) {
      if (byte < 0x80) units.push(byte)
      else if (!lead(state, byte)) replace()
      return true
    }
    if (byte < state.lower || byte > state.upper) return false
    state.lower = 0x80
    state.upper = 0xbf
    state.code = (state.code << 6) | (byte & 63)
    state.seen += 1
    if (state.seen === state.needed) {
      push(units, state.code)
      Object.assign(state, begin())
    }
    return true
  }

  /** @param wrong is told of each malformed sequence, of which U+FFFD is made */
  function decode(state: DecoderState, bytes: Uint8Array, last: boolean, wrong: () => void): string {
    let text = ''
    let units: number[] = []
    const replace = () => {
      wrong()
      units.push(0xfffd)
    }
    for (const byte of bytes) {
      if (units.length >= chunk) {
        text += textOf(units, units.length)
        units = []
      }
      if (take(state, byte, units, replace)) continue
      Object.assign(state, begin())
      replace()
      take(state, byte, units, replace)
    }
    if (last && state.needed > 0) {
      Object.assign(state, begin())
      replace()
    }
    return text + textOf(units, units.length)
  }

  const ignore = () => undefined
  return {
    textOf,
    encode,
    encodeInto,
    begin,
    decode,
    /** All of it at once, a byte-order mark dropped and what is malformed replaced. */
    decodeAll(bytes: Uint8Array): string {
      const text = decode(begin(), bytes, true, ignore)
      return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
    },
  }
}
