import type { Library } from '../library.ts'
import type { Modules } from '../modules.ts'
import type { Primordials } from '../primordials.ts'

interface WireResponse {
  status: number
  statusText?: string
  url?: string
  redirected?: boolean
  headers?: [string, string][]
  body?: string
}

/** `fetch`, by way of the host: bodies cross as base64. */
export function createFetch(_p: Primordials, library: Library) {
  const { Headers } = library.load('headers')

  /** One call of the host. */
  async function send(message: object): Promise<{
    status: number
    statusText: string
    url: string
    redirected: boolean
    headers: InstanceType<typeof Headers>
    bytes: Uint8Array<ArrayBuffer>
  }> {
    const answer = (await library.live().calls.call('http.request', [message])) as WireResponse
    const { status, statusText = '', url = '', redirected = false, headers = [], body = '' } = answer
    const bytes = Uint8Array.fromBase64(body)
    return { status, statusText, url, redirected, headers: new Headers(headers), bytes }
  }

  async function perform(request: InstanceType<Modules['request']['Request']>) {
    const bytes = await library.load('body').take(request)
    const { method, url, redirect } = request
    const headers = [...request.headers]
    // `take` gives no bytes for both an empty body and none.
    const body =
      request.method === 'GET' || request.method === 'HEAD' || bytes.length === 0 ? null : bytes.toBase64()
    const { bytes: received, ...head } = await send({ method, url, headers, body, redirect })
    return library.load('response').received(head, received)
  }

  async function fetch(input: unknown, init?: object) {
    const { Request } = library.load('request')
    const request = new Request(input, init)
    const { signal } = request
    if (signal.aborted) throw signal.reason
    const { onAbort } = library.load('abort')
    const aborted = new Promise<never>((_, reject) => onAbort(signal, () => reject(signal.reason)))
    return await Promise.race([perform(request), aborted])
  }

  return { fetch, send }
}
