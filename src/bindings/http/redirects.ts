import { redirectFailed } from './call-failures.ts'
import { faultOfUrl, type Header, type HttpRequest } from './http-request.ts'

const redirectStatuses = new Set([301, 302, 303, 307, 308])
/** They describe a body that is not sent again. */
const bodyHeaders = new Set(['content-encoding', 'content-language', 'content-location', 'content-type'])
/** Meant for the first host only. */
const credentialHeaders = new Set(['authorization', 'cookie'])

/**
 * The request that follows a redirect, as https://fetch.spec.whatwg.org/#http-redirect-fetch has it;
 * undefined where the response is none.
 *
 * @throws {CallError} where the new address cannot be used at all; its host is checked by who follows.
 */
export function redirected(
  request: HttpRequest,
  response: { status: number; headers: readonly Header[] },
): HttpRequest | undefined {
  if (!redirectStatuses.has(response.status)) return undefined
  const locations = response.headers.filter(([name]) => name === 'location').map(([, value]) => value)
  const [location] = locations
  if (location === undefined) return undefined
  const url = locations.length === 1 ? URL.parse(location, request.url) : null
  if (url === null) throw redirectFailed('The server redirects to something that is not one URL.')
  const fault = faultOfUrl(url)
  if (fault !== undefined)
    throw redirectFailed(`The server redirects to a URL that cannot be followed: it ${fault}.`)

  const dropsBody = becomesGet(response.status, request.method)
  const dropsCredentials = url.origin !== request.url.origin
  const headers = request.headers.filter(([name]) => {
    const lower = name.toLowerCase()
    return !(dropsBody && bodyHeaders.has(lower)) && !(dropsCredentials && credentialHeaders.has(lower))
  })
  if (dropsBody) return { ...request, url, headers, method: 'GET', body: null }
  return { ...request, url, headers }
}

function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD'
  return (status === 301 || status === 302) && method === 'POST'
}
