import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

export interface HttpOptions {
  headers?: Record<string, string>
  query?: Record<string, unknown>
  /** What is sent: one of the three. */
  body?: unknown
  json?: unknown
  form?: Record<string, unknown>
  timeout?: number
  redirect?: string
}

/** `http`: requests in one call, answers read to their end. */
export function createHttp(p: Primordials, library: Library) {
  const { Headers } = library.load('headers')
  const utf8 = library.load('utf8')

  function refuse(message: string): never {
    throw library.errors.coded('invalid_arguments', message, false)
  }

  function addAll(params: URLSearchParams, values: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined || value === null) continue
      for (const item of Array.isArray(value) ? value : [value]) params.append(name, `${item}`)
    }
  }

  function urlOf(given: unknown, query: Record<string, unknown> = {}): string {
    const { URL } = library.load('url')
    if (!URL.canParse(`${given}`)) refuse(`http: '${`${given}`.slice(0, 200)}' is not a URL.`)
    const url = new URL(`${given}`)
    addAll(url.searchParams, query)
    return url.href
  }

  async function contentOf({
    body,
    json,
    form,
  }: HttpOptions): Promise<{ bytes: Uint8Array | null; type: string | null }> {
    if ([body, json, form].filter((given) => given !== undefined).length > 1)
      refuse('http: give one of body, json and form.')
    if (json !== undefined) {
      const text = JSON.stringify(json)
      if (text === undefined) refuse('http: json has no JSON form.')
      return { bytes: utf8.encode(text), type: 'application/json' }
    }
    if (form !== undefined) {
      const params = new (library.load('url').URLSearchParams)()
      addAll(params, form)
      return { bytes: utf8.encode(`${params}`), type: 'application/x-www-form-urlencoded' }
    }
    if (body === undefined || body === null) return { bytes: null, type: null }
    const response = new (library.load('response').Response)(body)
    return { bytes: await response.bytes(), type: response.headers.get('content-type') }
  }

  /** JSON as its value, if it is what it says; anything else as text. */
  function dataOf(text: string, type: string): unknown {
    if (!/^(application|text)\/([\w.+-]+\+)?json\b/i.test(type)) return text
    try {
      return JSON.parse(text)
    } catch {
      return text
    }
  }

  async function request(method: string, url: unknown, given: HttpOptions = {}) {
    const options = given ?? {}
    const headers = new Headers(options.headers ?? {})
    const { bytes, type } = await contentOf(options)
    if (type !== null && !headers.has('content-type')) headers.set('content-type', type)
    const answer = await library.load('fetch').send({
      method: `${method}`.toUpperCase(),
      url: urlOf(url, options.query),
      headers: [...headers],
      body: bytes === null ? null : bytes.toBase64(),
      redirect: options.redirect ?? 'follow',
      ...(options.timeout !== undefined && { timeoutMs: options.timeout }),
    })
    const { status } = answer
    const text = utf8.decodeAll(answer.bytes)
    const result = {
      status,
      ok: status >= 200 && status <= 299,
      url: answer.url,
      headers: Object.fromEntries(answer.headers),
      data: dataOf(text, answer.headers.get('content-type') ?? ''),
    }
    // Not enumerable: a result that is returned or logged shows its data once.
    p.defineProperty(result, 'text', { value: text })
    p.defineProperty(result, 'bytes', { value: () => answer.bytes.slice() })
    return result
  }

  const verb = (method: string) => async (url: unknown, options?: HttpOptions) =>
    await request(method, url, options)
  return {
    http: p.freeze({
      get: verb('GET'),
      post: verb('POST'),
      put: verb('PUT'),
      patch: verb('PATCH'),
      delete: verb('DELETE'),
      request: async (url: unknown, options: HttpOptions & { method?: string } = {}) =>
        await request(options?.method ?? 'GET', url, options),
    }),
  }
}
