import { Client, errors } from 'undici'

import { CallError } from '../binding.ts'
import { connectionFailed, invalidResponse, responseTooLarge } from './call-failures.ts'
import type { Header, HttpRequest } from './http-request.ts'
import type { Destination } from './locate.ts'
import { pinnedConnect } from './pinned-connect.ts'
import { readBody } from './read-body.ts'
import { withDefaultHeaders } from './request-headers.ts'

export interface ResponseHead {
  status: number
  statusText: string
  /** Names in lower case. */
  headers: readonly Header[]
}

export interface ExchangeOptions {
  destination: Destination
  signal: AbortSignal
  maxResponseBytes: number
  ca: string | undefined
  /** Told the head; false leaves the body unread. */
  wantsBody(head: ResponseHead): boolean
  /** Waited for before a body may grow large. */
  onLargeBody(): Promise<void>
}

const maxHeaderBytes = 64 * 1024
const maxHeaders = 200

/**
 * Sends one request over a connection of its own, and closes that. Nothing is reused: a connection kept
 * open would carry another run's, or another tenant's, request past the check of its address.
 *
 * @throws {CallError} and the signal's reason.
 */
export async function exchange(
  request: HttpRequest,
  options: ExchangeOptions,
): Promise<ResponseHead & { body: Buffer }> {
  const { destination, signal, maxResponseBytes, ca } = options
  const client = new Client(request.url.origin, {
    connect: pinnedConnect({ destination, signal, ...(ca !== undefined && { ca }) }),
    allowH2: false,
    maxHeaderSize: maxHeaderBytes,
    maxResponseSize: maxResponseBytes,
    // The signal is the one clock: it runs over all of an exchange, these would start again with each byte.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  try {
    const response = await client.request({
      method: request.method as 'GET',
      path: request.url.pathname + request.url.search,
      headers: withDefaultHeaders(request.headers).flat(),
      body: request.body,
      reset: true,
      responseHeaders: 'raw',
      signal,
    })
    // Whether it is read or not, it ends with the connection.
    response.body.on('error', () => undefined)
    const { statusCode: status, statusText } = response
    const head = { status, statusText, headers: pairs(response.headers as unknown as string[]) }
    if (!options.wantsBody(head)) return { ...head, body: Buffer.alloc(0) }
    const hasBody = request.method !== 'HEAD' && status !== 204 && status !== 304
    const body = await readBody(response.body, { ...options, headers: hasBody ? head.headers : [] })
    return { ...head, body }
  } catch (error) {
    signal.throwIfAborted()
    throw asCallError(error, maxResponseBytes)
  } finally {
    client.destroy().catch(() => undefined)
  }
}

function pairs(raw: readonly string[]): Header[] {
  if (raw.length > 2 * maxHeaders) throw responseTooLarge('headers', `${maxHeaders} in number`)
  return Array.from({ length: raw.length / 2 }, (_, index) => [
    (raw[2 * index] ?? '').toLowerCase(),
    raw[2 * index + 1] ?? '',
  ])
}

function asCallError(error: unknown, maxResponseBytes: number): CallError {
  if (error instanceof CallError) return error
  if (error instanceof errors.HeadersOverflowError) return responseTooLarge('headers', '64 KB')
  if (error instanceof errors.ResponseExceededMaxSizeError)
    return responseTooLarge('bytes', `the ${maxResponseBytes} allowed`)
  if (error instanceof errors.HTTPParserError || error instanceof errors.ResponseContentLengthMismatchError)
    return invalidResponse(error)
  return connectionFailed(error, 'The connection was lost')
}
