import type { Library } from '../library.ts'
import type { Modules } from '../modules.ts'
import type { Primordials } from '../primordials.ts'

/** https://fetch.spec.whatwg.org/#request-class */
export function createRequest(_p: Primordials, library: Library) {
  const { declare } = library.load('interfaces')
  const { Headers } = library.load('headers')
  const { Body, extract, sourceOf, move } = library.load('body')
  type Signal = InstanceType<Modules['abort']['AbortSignal']>
  type BodySource = ReturnType<typeof sourceOf>

  interface RequestInit {
    method?: unknown
    headers?: unknown
    body?: unknown
    redirect?: unknown
    signal?: unknown
    referrer?: unknown
    referrerPolicy?: unknown
    mode?: unknown
    credentials?: unknown
    cache?: unknown
    integrity?: unknown
    keepalive?: unknown
    duplex?: unknown
  }

  function methodOf(given: unknown): string {
    const method = `${given}`
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method) || /^(connect|trace|track)$/i.test(method))
      throw new TypeError(`'${method.slice(0, 50)}' is not a valid HTTP method.`)
    return /^(delete|get|head|options|post|put)$/i.test(method) ? method.toUpperCase() : method
  }

  function urlOf(given: unknown): string {
    const { URL } = library.load('url')
    let url: InstanceType<typeof URL>
    try {
      url = new URL(`${given}`)
    } catch (cause) {
      throw new TypeError(`Failed to parse URL from ${`${given}`.slice(0, 200)}`, { cause })
    }
    if (url.username !== '' || url.password !== '')
      throw new TypeError(`Request cannot be constructed from a URL that includes credentials: ${url.host}`)
    return url.href
  }

  const choices: Record<string, readonly string[]> = {
    redirect: ['follow', 'error', 'manual'],
    mode: ['cors', 'same-origin', 'no-cors'],
    credentials: ['same-origin', 'omit', 'include'],
    cache: ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'],
  }
  function choose(name: string, given: unknown, before: string | undefined): string {
    const known = choices[name] as readonly string[]
    const value = given === undefined ? (before ?? known[0]) : `${given}`
    if (!known.includes(value as string))
      throw new TypeError(
        `Request constructor: ${value} is not an accepted type. Expected one of ${known.join(', ')}.`,
      )
    return value as string
  }

  function contentOf(init: RequestInit, input: unknown): { source: BodySource; type: string | null } {
    if (init.body !== undefined && init.body !== null) return extract(init.body)
    if (init.body === undefined && input instanceof Clone) return { source: sourceOf(input.of), type: null }
    if (init.body === undefined && input instanceof Request) return { source: move(input), type: null }
    return { source: null, type: null }
  }

  function headersOf({ headers }: RequestInit, from: Request | undefined, type: string | null) {
    const made = new Headers(headers === undefined ? from?.headers : headers)
    if (type !== null && !made.has('content-type')) made.set('content-type', type)
    return made
  }

  function signalOf({ signal = null }: RequestInit, from: Request | undefined): Signal {
    const { AbortSignal } = library.load('abort')
    const given = signal ?? from?.signal ?? null
    if (given !== null && !(given instanceof AbortSignal))
      throw new TypeError('Request constructor: signal is not of type AbortSignal.')
    return AbortSignal.any(given === null ? [] : [given])
  }

  /** What has no effect here, kept as it was given. */
  function restOf(options: RequestInit, before: Record<string, string>): Record<string, string> {
    const rest: Record<string, string> = {}
    for (const name of ['redirect', 'mode', 'credentials', 'cache'] as const)
      rest[name] = choose(name, options[name], before[name])
    for (const name of ['referrerPolicy', 'integrity'] as const)
      rest[name] = `${options[name] ?? before[name] ?? ''}`
    rest.referrer = `${options.referrer ?? before.referrer ?? 'about:client'}`
    rest.keepalive = `${Boolean(options.keepalive ?? before.keepalive === 'true')}`
    return rest
  }

  /** Says that the body of a request is wanted twice: a constructor that is given a request uses it up. */
  class Clone {
    readonly of: Request
    constructor(of: Request) {
      this.of = of
    }
  }

  class Request extends Body {
    readonly #method: string
    readonly #url: string
    readonly #headers: InstanceType<typeof Headers>
    readonly #signal: Signal
    readonly #rest: Record<string, string>

    constructor(...given: [input?: unknown, init?: RequestInit]) {
      if (given.length === 0) throw new TypeError('Request constructor: 1 argument required.')
      const [input, init] = given
      const options = init ?? {}
      const from = input instanceof Clone ? input.of : input instanceof Request ? input : undefined
      const method = options.method === undefined ? (from?.method ?? 'GET') : methodOf(options.method)
      const url = from?.url ?? urlOf(input)
      const { source, type } = contentOf(options, input)
      if (source !== null && (method === 'GET' || method === 'HEAD'))
        throw new TypeError('Request with GET/HEAD method cannot have body.')
      super(source, () => this.#headers.get('content-type') ?? '')
      this.#method = method
      this.#url = url
      this.#headers = headersOf(options, from, type)
      this.#signal = signalOf(options, from)
      this.#rest = restOf(options, from ? from.#rest : {})
    }

    get method() {
      return this.#method
    }
    get url() {
      return this.#url
    }
    get headers() {
      return this.#headers
    }
    get signal() {
      return this.#signal
    }
    get redirect() {
      return this.#rest.redirect as string
    }
    get mode() {
      return this.#rest.mode as string
    }
    get credentials() {
      return this.#rest.credentials as string
    }
    get cache() {
      return this.#rest.cache as string
    }
    get referrer() {
      return this.#rest.referrer as string
    }
    get referrerPolicy() {
      return this.#rest.referrerPolicy as string
    }
    get integrity() {
      return this.#rest.integrity as string
    }
    get keepalive() {
      return this.#rest.keepalive === 'true'
    }
    get destination() {
      return ''
    }
    get duplex() {
      return 'half'
    }

    clone(): Request {
      return new Request(new Clone(this))
    }
  }
  declare(Request, 1)
  return { Request }
}
