import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach } from 'vitest'

import type { RunScope } from '../../../src/bindings/binding.ts'
import { createHttp } from '../../../src/bindings/http/create-http.ts'
import { createScriptApi } from '../../../src/bindings/script-api.ts'
import { createLogger } from '../../../src/log.ts'
import { createMetrics } from '../../../src/metrics.ts'
import { parsePrivateTargets } from '../../../src/private-targets.ts'

export interface GivenHttp {
  /** As PGSCRIPT_EGRESS_ALLOW_PRIVATE. */
  permitted?: string
  /** Answers of the name server, by name; a function is asked each time. */
  names?: Record<string, readonly string[] | (() => readonly string[])>
  settings?: Record<string, unknown>
  limits?: Record<string, number>
  ca?: string
  refusalStepMs?: number
  /** When answers leave for the sandbox; at once unless told otherwise. */
  taken?: Promise<void>
}

export interface Answer {
  status: number
  statusText: string
  url: string
  redirected: boolean
  headers: [string, string][]
  body: string
}

export interface Failure {
  code: string
  message: string
  retryable: boolean
}

/** The outbound HTTP of one run, as a sandbox host reaches it. */
export function givenHttp(given: GivenHttp = {}) {
  const lines: Record<string, unknown>[] = []
  const metrics = createMetrics()
  const permitted = parsePrivateTargets(given.permitted ?? '')
  if (permitted === undefined) throw new Error(`not a list of private targets: ${given.permitted}`)
  const http = createHttp({
    logger: createLogger('info', { write: (line) => void lines.push(JSON.parse(line)) }),
    metrics,
    permitted,
    refusalStepMs: given.refusalStepMs ?? 5,
    async resolve(name) {
      const answer = given.names?.[name]
      if (answer === undefined) return []
      return typeof answer === 'function' ? answer() : answer
    },
    ...(given.ca !== undefined && { ca: given.ca }),
  })
  const over = new AbortController()
  const run: RunScope = {
    tenantId: 'tenant',
    tenantKey: 'acme',
    scriptId: 'script',
    scriptName: 'invoices',
    executionId: '0190b5a2-0000-7000-8000-000000000001',
    userId: null,
    limits: { http_call_ms: 10_000, http_response_bytes: 10 * 1024 * 1024, ...given.limits },
    settings: { http_allow: [], http_deny: [], ...given.settings },
    signal: over.signal,
    deadline: performance.now() + 30_000,
  }
  const api = createScriptApi({ parts: [http] }).open(run)

  async function call(request: Record<string, unknown> | string): Promise<Answer> {
    const fields = typeof request === 'string' ? { url: request } : request
    const whole = { method: 'GET', headers: [], body: null, redirect: 'follow', ...fields }
    return JSON.parse(
      await api.call('http.request', JSON.stringify([whole]), given.taken ?? Promise.resolve()),
    )
  }

  return {
    call,
    /** What a script is told of a call that fails. */
    async failure(request: Record<string, unknown> | string): Promise<Failure> {
      const answer = await call(request).then(
        (given) => ({ code: `answered ${given.status}`, message: '', retryable: false }),
        (error) => error,
      )
      const { code, message, retryable } = answer
      return { code, message, retryable }
    },
    end: () => over.abort(),
    /** As the sandbox calls it. */
    raw: api.call,
    metrics,
    lines,
  }
}

/** Counts the client sockets that this process makes, per test: a refused call must make none. */
export function countSockets(): { count: number } {
  const sockets = { count: 0 }
  const onSocket = () => {
    sockets.count += 1
  }
  // Without this, the channel would be collected and made anew.
  channel('net.client.socket')
  beforeEach(() => {
    sockets.count = 0
    subscribe('net.client.socket', onSocket)
  })
  afterEach(() => unsubscribe('net.client.socket', onSocket))
  return sockets
}

export function bytesOf(answer: Answer): Buffer {
  return Buffer.from(answer.body, 'base64')
}
