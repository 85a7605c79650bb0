import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** https://w3c.github.io/FileAPI/ */
export function createBlob(_p: Primordials, library: Library) {
  const { declare } = library.load('interfaces')
  const utf8 = library.load('utf8')
  const { isBinary, view, join } = library.load('bytes')
  let bytesOf: (blob: Blob) => Uint8Array<ArrayBuffer>

  interface BlobOptions {
    type?: unknown
    endings?: unknown
  }

  interface FileOptions extends BlobOptions {
    lastModified?: unknown
  }

  function partOf(part: unknown, native: boolean): Uint8Array {
    if (part instanceof Blob) return bytesOf(part)
    if (isBinary(part)) return view(part)
    const text = `${part}`
    return utf8.encode(native ? text.replace(/\r\n?/g, '\n') : text)
  }

  function typeOf(type: unknown): string {
    const text = type === undefined ? '' : `${type}`
    return /[^\x20-\x7e]/.test(text) ? '' : text.toLowerCase()
  }

  class Blob {
    readonly #bytes: Uint8Array<ArrayBuffer>
    readonly #type: string

    static {
      bytesOf = (blob) => blob.#bytes
    }

    constructor(parts: unknown = [], options: BlobOptions = {}) {
      if (typeof parts !== 'object' || parts === null || !(Symbol.iterator in parts))
        throw new TypeError('The "sources" argument must be an instance of Iterable.')
      const native = options?.endings === 'native'
      this.#bytes = join(Array.from(parts as Iterable<unknown>, (part) => partOf(part, native)))
      this.#type = typeOf(options?.type)
    }

    get size(): number {
      return this.#bytes.length
    }

    get type(): string {
      return this.#type
    }

    async text(): Promise<string> {
      return utf8.decodeAll(this.#bytes)
    }

    async bytes(): Promise<Uint8Array> {
      return this.#bytes.slice()
    }

    async arrayBuffer(): Promise<ArrayBuffer> {
      return this.#bytes.slice().buffer
    }

    slice(start?: number, end?: number, type?: unknown): Blob {
      return new Blob([this.#bytes.subarray(start, end)], { type })
    }

    stream() {
      return library.load('streaming').streamOf(this.#bytes)
    }
  }

  class File extends Blob {
    readonly #name: string
    readonly #lastModified: number

    constructor(...given: [parts?: unknown, name?: unknown, options?: FileOptions]) {
      if (given.length < 2) throw new TypeError('The "fileBits" and "fileName" arguments must be specified')
      const [parts, name, options] = given
      super(parts, options)
      this.#name = `${name}`
      const modified = Math.trunc(Number(options?.lastModified ?? Date.now()))
      this.#lastModified = Number.isFinite(modified) ? modified : 0
    }

    get name(): string {
      return this.#name
    }

    get lastModified(): number {
      return this.#lastModified
    }
  }

  declare(Blob)
  declare(File, 2)
  return { Blob, File, bytesOf: (blob: Blob) => bytesOf(blob) }
}
