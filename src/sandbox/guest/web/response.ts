import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** https://fetch.spec.whatwg.org/#response-class */
export function createResponse(_p: Primordials, library: Library) {
  const { declare } = library.load('interfaces')
  const { Headers } = library.load('headers')
  const { Body, extract, sourceOf } = library.load('body')
  type BodySource = ReturnType<typeof sourceOf>

  interface Head {
    status: number
    statusText: string
    headers: InstanceType<typeof Headers>
    type: string
    url: string
    redirected: boolean
  }
  /** Marks what this module itself hands to the constructor. */
  class Made {
    readonly head: Head
    readonly source: BodySource
    constructor(head: Head, source: BodySource) {
      this.head = head
      this.source = source
    }
  }

  interface ResponseInit {
    status?: unknown
    statusText?: unknown
    headers?: unknown
  }

  function headOf({ status = 200, statusText = '', headers }: ResponseInit, type: string | null): Head {
    const number = Math.trunc(Number(status))
    if (!(number >= 200 && number <= 599))
      throw new RangeError('init["status"] must be in the range of 200 to 599, inclusive.')
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(`${statusText}`)) throw new TypeError('Invalid statusText')
    const made = new Headers(headers ?? undefined)
    if (type !== null && !made.has('content-type')) made.set('content-type', type)
    const head = { status: number, statusText: `${statusText}`, headers: made }
    return { ...head, type: 'default', url: '', redirected: false }
  }

  const hasNoBody = (status: number) => [101, 103, 204, 205, 304].includes(status)

  class Response extends Body {
    readonly #head: Head

    constructor(body: unknown = null, init: ResponseInit = {}) {
      const contentType = () => this.#head.headers.get('content-type') ?? ''
      if (body instanceof Made) {
        super(body.source, contentType)
        this.#head = body.head
        return
      }
      const { source, type } = extract(body)
      const head = headOf(init ?? {}, type)
      if (source !== null && hasNoBody(head.status))
        throw new TypeError(`Response constructor: Invalid response status code ${head.status}`)
      super(source, contentType)
      this.#head = head
    }

    get type() {
      return this.#head.type
    }
    get url() {
      return this.#head.url
    }
    get redirected() {
      return this.#head.redirected
    }
    get status() {
      return this.#head.status
    }
    get ok() {
      return this.#head.status >= 200 && this.#head.status <= 299
    }
    get statusText() {
      return this.#head.statusText
    }
    get headers() {
      return this.#head.headers
    }

    clone(): Response {
      const head = { ...this.#head, headers: new Headers(this.#head.headers) }
      return new Response(new Made(head, sourceOf(this)))
    }

    static json(data: unknown, init: ResponseInit = {}): Response {
      const text = JSON.stringify(data)
      if (text === undefined) throw new TypeError('Value is not JSON serializable')
      const head = headOf(init ?? {}, 'application/json')
      if (hasNoBody(head.status))
        throw new TypeError(`Response constructor: Invalid response status code ${head.status}`)
      return new Response(new Made(head, text))
    }

    static redirect(url: unknown, status = 302): Response {
      const location = new (library.load('url').URL)(`${url}`).href
      if (![301, 302, 303, 307, 308].includes(status)) throw new RangeError(`Invalid status code ${status}`)
      return new Response(new Made(headOf({ status, headers: { location } }, null), null))
    }

    static error(): Response {
      return new Response(new Made({ ...headOf({}, null), status: 0, type: 'error' }, null))
    }
  }
  declare(Response)

  return {
    Response,
    /** A response that came over the network. */
    received: (head: Omit<Head, 'type'>, bytes: Uint8Array<ArrayBuffer>) =>
      new Response(new Made({ ...head, type: 'basic' }, hasNoBody(head.status) ? null : bytes)),
  }
}
