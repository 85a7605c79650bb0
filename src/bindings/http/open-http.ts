import { CallError, type OpenBinding, type RunScope } from '../binding.ts'
import { redirectFailed } from './call-failures.ts'
import { exchange } from './exchange.ts'
import { type HttpRequest, parseHttpRequest } from './http-request.ts'
import { withIdempotencyKey } from './idempotency-key.ts'
import type { LargeBodies } from './large-bodies.ts'
import type { Locate } from './locate.ts'
import { redirected } from './redirects.ts'
import { Places } from './waiting.ts'

export interface HttpOptions {
  locate: Locate
  largeBodies: LargeBodies
  /** Whether the run's unsafe requests get an Idempotency-Key, so that a retry of it repeats no effect. */
  isTransactional?(run: RunScope): boolean
  /** Certificate authorities in place of the known ones; for tests. */
  ca?: string
}

const maxInFlight = 10
const maxRedirects = 5
const defaultCallMs = 10_000
const defaultResponseBytes = 10 * 1024 * 1024

/** What a script gets for `http.request`. */
interface HttpAnswer {
  status: number
  statusText: string
  url: string
  redirected: boolean
  headers: readonly (readonly [string, string])[]
  body: string
}

/** The outbound HTTP of scripts: to public addresses, each time over a connection of its own. */
export function openHttp(options: HttpOptions): OpenBinding {
  return (run) => {
    const inFlight = new Places(maxInFlight)
    const keyed = withIdempotencyKey(run, options.isTransactional?.(run) ?? false)
    return {
      calls: {
        async 'http.request'(args, taken) {
          const request = keyed(parseHttpRequest(args))
          const leave = await inFlight.take(run.signal).catch(() => {
            throw endedError()
          })
          try {
            return await withinTime(request, run, (signal) =>
              follow(request, run, options, { signal, taken }),
            )
          } finally {
            leave()
          }
        },
      },
    }
  }
}

function endedError(): CallError {
  return new CallError('execution_ended', 'The execution ended before the call was answered.')
}

/** One clock over look-ups, connections, redirects and bodies; a server that drips gains nothing by it. */
async function withinTime<T>(
  request: HttpRequest,
  run: RunScope,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limitMs = run.limits.http_call_ms ?? defaultCallMs
  const ms = Math.min(request.timeoutMs ?? limitMs, limitMs)
  const over = new AbortController()
  const onEnd = () => over.abort(endedError())
  const timer = setTimeout(() => {
    const message = `The exchange took longer than ${ms} ms; the server may have acted on the request.`
    over.abort(new CallError('http_timeout', message, { retryable: true }))
  }, ms)
  run.signal.addEventListener('abort', onEnd, { once: true })
  if (run.signal.aborted) onEnd()
  try {
    return await work(over.signal)
  } catch (error) {
    over.signal.throwIfAborted()
    throw error
  } finally {
    clearTimeout(timer)
    run.signal.removeEventListener('abort', onEnd)
    over.abort(endedError())
  }
}

async function follow(
  first: HttpRequest,
  run: RunScope,
  options: HttpOptions,
  { signal, taken }: { signal: AbortSignal; taken: Promise<void> },
): Promise<HttpAnswer> {
  const large = options.largeBodies.forTenant(run.tenantId, signal)
  try {
    let request = first
    for (let redirects = 0; ; redirects += 1) {
      // Each time anew: a redirect, or the name server, may lead anywhere.
      const destination = await options.locate(request.url, run, signal)
      let next: HttpRequest | undefined
      const { body, ...head } = await exchange(request, {
        destination,
        signal,
        maxResponseBytes: run.limits.http_response_bytes ?? defaultResponseBytes,
        ca: options.ca,
        wantsBody(response) {
          next = first.redirect === 'manual' ? undefined : redirected(request, response)
          return next === undefined
        },
        onLargeBody: large.enter,
      })
      if (next === undefined) return answer(request, head, body, redirects > 0)
      if (first.redirect === 'error')
        throw redirectFailed('The server redirects, and the call was made with redirect: "error".')
      if (redirects === maxRedirects)
        throw new CallError('too_many_redirects', `The server redirects more than ${maxRedirects} times.`)
      request = next
    }
  } finally {
    // Until it has left for the sandbox a large answer is held here, and keeps its place.
    if (large.isIn()) void Promise.race([taken, ended(run.signal)]).then(large.leave)
    else large.leave()
  }
}

function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

function answer(
  request: HttpRequest,
  head: Pick<HttpAnswer, 'status' | 'statusText' | 'headers'>,
  body: Buffer,
  wasRedirected: boolean,
): HttpAnswer {
  const url = new URL(request.url)
  url.hash = ''
  return { ...head, url: url.href, redirected: wasRedirected, body: body.toString('base64') }
}
