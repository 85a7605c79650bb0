import { invalidArgument } from './call-failures.ts'
import { validateHeaders } from './request-headers.ts'

export type Header = readonly [name: string, value: string]

/** One call of a script, checked. */
export interface HttpRequest {
  method: string
  url: URL
  headers: readonly Header[]
  body: Buffer | null
  redirect: 'follow' | 'manual' | 'error'
  /** For the whole exchange; undefined: the limit of the run. */
  timeoutMs: number | undefined
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']
const redirects = ['follow', 'manual', 'error'] as const
const known = new Set(['method', 'url', 'headers', 'body', 'redirect', 'timeoutMs'])
const maxUrlLength = 8192
const maxBodyBytes = 5 * 1024 * 1024
/** Of one repeated character class: groups that repeat over millions of characters overflow the stack. */
const base64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Reads the arguments of `http.request`. @throws {CallError} naming what does not fit. */
export function parseHttpRequest(args: readonly unknown[]): HttpRequest {
  const [given] = args
  if (typeof given !== 'object' || given === null || args.length !== 1)
    throw invalidArgument('the request', 'must be one object with method, url, headers, body and redirect')
  const fields: Record<string, unknown> = { ...given }
  for (const name of Object.keys(fields)) {
    if (!known.has(name)) throw invalidArgument('the request', `has no field ${name.slice(0, 50)}`)
  }
  const method = parseMethod(fields.method)
  const body = parseBody(fields.body)
  if (body !== null && (method === 'GET' || method === 'HEAD'))
    throw invalidArgument('body', `cannot be sent with ${method}; leave it out, or use POST`)
  return {
    method,
    url: parseUrl(fields.url),
    headers: validateHeaders(fields.headers),
    body,
    redirect: parseRedirect(fields.redirect),
    timeoutMs: parseTimeout(fields.timeoutMs),
  }
}

function parseMethod(value: unknown): string {
  if (typeof value !== 'string' || !methods.includes(value))
    throw invalidArgument('method', `must be one of ${methods.join(', ')}`)
  return value
}

function parseUrl(value: unknown): URL {
  if (typeof value !== 'string' || value.length > maxUrlLength)
    throw invalidArgument('url', `must be a text of at most ${maxUrlLength} characters`)
  const url = URL.parse(value)
  const fault = url === null ? 'must be a whole URL, such as https://example.com/path' : faultOfUrl(url)
  if (url === null || fault !== undefined) throw invalidArgument('url', fault ?? '')
  return url
}

/** What makes a URL one that is not called, whatever its host. */
export function faultOfUrl(url: URL): string | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must begin with https:// or http://'
  if (url.username !== '' || url.password !== '')
    return 'must not hold a user name or password; send a header Authorization'
  // Percent-encoding may have made it longer.
  if (url.href.length > 2 * maxUrlLength) return `must be at most ${maxUrlLength} characters`
  return undefined
}

function parseBody(value: unknown): Buffer | null {
  if (value === null || value === undefined) return null
  if (typeof value !== 'string') throw invalidArgument('body', 'must be null or base64')
  if (Buffer.byteLength(value, 'base64') > maxBodyBytes)
    throw invalidArgument('body', 'must be at most 5 MB; send it in parts, or a reference to it')
  if (value.length % 4 !== 0 || !base64.test(value)) throw invalidArgument('body', 'must be null or base64')
  return Buffer.from(value, 'base64')
}

function parseRedirect(value: unknown): HttpRequest['redirect'] {
  const found = redirects.find((name) => name === value)
  if (found === undefined) throw invalidArgument('redirect', `must be one of ${redirects.join(', ')}`)
  return found
}

function parseTimeout(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !(value >= 1 && value <= 900_000))
    throw invalidArgument('timeoutMs', 'must be a number of milliseconds from 1 to 900000')
  return value
}
