import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** What Request and Response have in common: https://fetch.spec.whatwg.org/#body-mixin */
export function createBody(_p: Primordials, library: Library) {
  const utf8 = library.load('utf8')
  const { isBinary, view } = library.load('bytes')

  type Source = string | Uint8Array<ArrayBuffer> | ReadableStream | null
  interface Extracted {
    source: Source
    type: string | null
  }
  const isStream = (value: unknown): value is ReadableStream =>
    library.isLoaded('streams') && value instanceof library.load('streams').ReadableStream

  /** Some kinds of body can only be instances of what has been loaded. */
  function extractObject(body: object): Extracted | undefined {
    if (isBinary(body)) return { source: view(body).slice(), type: null }
    if (isStream(body)) return { source: body, type: null }
    if (library.isLoaded('url') && body instanceof library.load('url').URLSearchParams)
      return { source: body.toString(), type: 'application/x-www-form-urlencoded;charset=UTF-8' }
    if (library.isLoaded('blob')) {
      const { Blob, bytesOf } = library.load('blob')
      if (body instanceof Blob) return { source: bytesOf(body), type: body.type || null }
    }
    if (library.isLoaded('formData') && body instanceof library.load('formData').FormData) {
      const boundary = `----formdata-pgscript-${library.load('random').uuid().replaceAll('-', '')}`
      const source = library.load('multipart').write(body, boundary)
      return { source, type: `multipart/form-data; boundary=${boundary}` }
    }
    if (Symbol.asyncIterator in body)
      return {
        source: library.load('streams').ReadableStream.from(body as AsyncIterable<unknown>),
        type: null,
      }
    return undefined
  }

  function extract(body: unknown): Extracted {
    if (body === null || body === undefined) return { source: null, type: null }
    if (typeof body === 'object') {
      const known = extractObject(body)
      if (known !== undefined) return known
    }
    return { source: `${body}`, type: 'text/plain;charset=UTF-8' }
  }

  let sourceOf: (body: Body) => Source
  let takeOf: (body: Body) => Promise<Uint8Array<ArrayBuffer>>
  let moveOf: (body: Body) => Source

  class Body {
    #source: Source
    #used = false
    #stream: ReadableStream | null = null

    static {
      sourceOf = (body) => body.#copy()
      takeOf = (body) => body.#take()
      moveOf = (body) => body.#move()
    }

    readonly #contentType: () => string

    constructor(source: Source, contentType: () => string) {
      this.#source = source
      this.#contentType = contentType
    }

    get bodyUsed(): boolean {
      return (
        this.#used ||
        (this.#stream !== null && (this.#stream as { _disturbed?: boolean })._disturbed === true)
      )
    }

    get body(): ReadableStream | null {
      if (this.#source === null) return null
      if (isStream(this.#source)) this.#stream = this.#source
      const bytes = () => (typeof this.#source === 'string' ? utf8.encode(this.#source) : this.#source)
      this.#stream ??= library.load('streaming').streamOf(bytes() as Uint8Array)
      return this.#stream
    }

    /** For a clone: what is a stream is split in two. */
    #copy(): Source {
      if (this.bodyUsed || this.#stream?.locked) throw new TypeError('Body has already been consumed.')
      const stream = this.#stream ?? this.#source
      if (!isStream(stream)) return this.#source
      const [one, other] = stream.tee()
      this.#source = this.#stream = one
      return other
    }

    /** For another one that takes its place: this one is used up. */
    #move(): Source {
      if (this.bodyUsed || this.#stream?.locked) throw new TypeError('Body has already been consumed.')
      const source = this.#stream ?? this.#source
      this.#used = source !== null
      return source
    }

    async #take(): Promise<Uint8Array<ArrayBuffer>> {
      if (this.bodyUsed || this.#stream?.locked)
        throw new TypeError('Body is unusable: Body has already been read')
      const stream = this.#stream ?? this.#source
      if (stream === null) return new Uint8Array(0)
      this.#used = true
      if (typeof stream === 'string') return utf8.encode(stream)
      if (isStream(stream)) return await library.load('streaming').collect(stream)
      return stream
    }

    async text(): Promise<string> {
      const source = this.#source
      if (typeof source !== 'string' || this.#stream !== null) return utf8.decodeAll(await this.#take())
      await this.#take()
      const text = source.toWellFormed()
      return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
    }

    async json(): Promise<unknown> {
      return JSON.parse(await this.text())
    }

    async bytes(): Promise<Uint8Array> {
      return (await this.#take()).slice()
    }

    async arrayBuffer(): Promise<ArrayBuffer> {
      return (await this.#take()).slice().buffer
    }

    async blob() {
      const { Blob } = library.load('blob')
      return new Blob([await this.#take()], { type: this.#contentType() })
    }

    async formData() {
      const type = this.#contentType()
      if (/^multipart\/form-data/i.test(type)) return library.load('multipart').read(await this.#take(), type)
      if (!/^application\/x-www-form-urlencoded/i.test(type))
        throw new TypeError(
          'Content-Type was not one of "multipart/form-data" or "application/x-www-form-urlencoded".',
        )
      const form = new (library.load('formData').FormData)()
      const { URLSearchParams } = library.load('url')
      for (const [name, value] of new URLSearchParams(await this.text())) form.append(name, value)
      return form
    }
  }

  library.load('interfaces').declare(Body)
  return {
    Body,
    extract,
    sourceOf: (body: Body) => sourceOf(body),
    move: (body: Body) => moveOf(body),
    take: (body: Body) => takeOf(body),
  }
}
