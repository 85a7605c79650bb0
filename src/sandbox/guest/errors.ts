import type { Primordials } from './primordials.ts'

export type GuestErrors = ReturnType<typeof createErrors>

/** What crosses to the host: strings of bounded length, in an object without a prototype. */
export interface DescribedError {
  code: string
  type: string
  message: string
  /** The frames only, as V8 wrote them; the node keeps the script's own. */
  frames: string
  retryable: boolean
  retryAfterSeconds: number
  cause: DescribedError | null
  /** The first of an AggregateError's. */
  errors: DescribedError[] | null
}

/**
 * The error classes a script may throw, and the one place where a thrown value is read. Reading may run
 * the author's getters and proxy traps: here, inside the isolate and its limits, and nowhere else.
 */
export function createErrors(p: Primordials) {
  interface Mark {
    code: string
    retryable: boolean
    retryAfterSeconds: number
  }
  // What we know of an error is kept beside it, for its own properties are the author's to change.
  const marks = new WeakMap<object, Mark>()

  function mark(error: object, code: string, retryable: boolean, retryAfterSeconds = -1): void {
    p.weakMapSet(marks, error, { __proto__: null, code, retryable, retryAfterSeconds } as Mark)
  }

  /** What a job is put off by at most, as in the queue. */
  const mostSeconds = 604_800

  /** Seconds as a number, or as a Retry-After header has them: a number, or the date of HTTP. */
  function waitOf(given: unknown): number {
    let seconds = typeof given === 'string' ? +given : given
    if (typeof given === 'string' && p.isNaN(seconds) && p.slice(given, -4) === ' GMT')
      seconds = (p.parseDate(given) - p.now()) / 1000
    // What is no number is not at least 0 either.
    return typeof seconds === 'number' && seconds >= 0 ? p.min(seconds, mostSeconds) : 0
  }

  class PermanentError extends p.Error {
    override name = 'PermanentError'
    constructor(message?: string, options?: ErrorOptions) {
      super(message, options)
      mark(this, 'permanent_error', false)
    }
  }

  class RetryAfterError extends p.Error {
    override name = 'RetryAfterError'
    retryAfterSeconds: number
    constructor(seconds: number | string, message?: string, options?: ErrorOptions) {
      const wait = waitOf(seconds)
      super(message ?? `Try again after ${wait} seconds.`, options)
      this.retryAfterSeconds = wait
      mark(this, 'retry_after', true, wait)
    }
  }

  class HttpError extends p.Error {
    override name = 'HttpError'
    readonly status: number
    readonly body: unknown
    constructor(status: number, body?: unknown, options?: ErrorOptions) {
      const isStatus = typeof status === 'number' && status >= 400 && status <= 599
      super(typeof body === 'string' ? body : `HTTP ${isStatus ? status : 500}`, options)
      this.status = isStatus ? p.floor(status) : 500
      this.body = body
      mark(this, 'http_error', this.status >= 500 || this.status === 429)
    }
  }

  /** An error of ours that carries a code, such as a refused host call. */
  function coded(code: string, message: string, retryable: boolean): Error {
    const error = new p.Error(message) as Error & { code: string; retryable: boolean }
    p.defineProperty(error, 'code', { value: code, enumerable: true })
    p.defineProperty(error, 'retryable', { value: retryable, enumerable: true })
    mark(error, code, retryable)
    return error
  }

  /** The same, as if made where `site` was. */
  function codedAt(site: Error, code: string, message: string, retryable: boolean): Error {
    const error = coded(code, message, retryable)
    const value = `Error: ${message}\n${framesOf(site)}`
    p.defineProperty(error, 'stack', { value, writable: true, configurable: true })
    return error
  }

  function read(from: object, key: string): unknown {
    try {
      return (from as Record<string, unknown>)[key]
    } catch {
      return undefined
    }
  }

  function text(value: unknown, limit: number): string {
    if ((typeof value === 'object' && value !== null) || typeof value === 'function') return ''
    const whole = p.toText(value)
    return whole.length > limit ? `${p.slice(whole, 0, limit)}…` : whole
  }

  /** The frames begin after the message, which may hold another error's. */
  function framesOf(thrown: object): string {
    const stack = read(thrown, 'stack')
    if (typeof stack !== 'string') return ''
    const message = read(thrown, 'message')
    const at = typeof message === 'string' ? p.indexOf(stack, message) : -1
    const start = p.indexOf(stack, '\n    at ', at < 0 ? 0 : at + (message as string).length)
    return start < 0 ? '' : p.slice(stack, start + 1, start + 8193)
  }

  /** What is being described, innermost first: an error may be among its own causes. */
  interface Within {
    object: object
    outer: Within | undefined
  }

  function isWithin(value: unknown, within: Within | undefined): boolean {
    for (let at = within; at !== undefined; at = at.outer) if (at.object === value) return true
    return false
  }

  function describe(thrown: unknown, depth = 0, outer?: Within): DescribedError {
    const isObject = (typeof thrown === 'object' && thrown !== null) || typeof thrown === 'function'
    const known = isObject ? p.weakMapGet(marks, thrown as object) : undefined
    const described: DescribedError = {
      __proto__: null,
      code: known?.code ?? 'script_error',
      type: 'Error',
      message: '',
      frames: '',
      retryable: known?.retryable ?? true,
      retryAfterSeconds: known?.retryAfterSeconds ?? -1,
      cause: null,
      errors: null,
    } as DescribedError
    if (!isObject) {
      described.type = thrown === null ? 'null' : typeof thrown
      described.message = text(thrown, 4096)
      return described
    }
    describeObject(described, thrown as object, depth, { object: thrown as object, outer })
    return described
  }

  function describeObject(described: DescribedError, object: object, depth: number, within: Within): void {
    const message = read(object, 'message')
    described.type = typeOf(object)
    described.message = message === undefined ? notAnError(object) : text(message, 4096)
    described.frames = framesOf(object)
    if (depth >= 4) return
    const cause = read(object, 'cause')
    if (cause !== undefined && !isWithin(cause, within)) {
      described.cause = describe(cause, depth + 1, within)
    }
    if (depth >= 2) return
    const errors = read(object, 'errors')
    if (isArray(errors)) described.errors = describeAll(errors, within)
    else if (described.type === 'SuppressedError') {
      // Of two errors, one while leaving a block because of the other, neither is its cause.
      const both = [read(object, 'error'), read(object, 'suppressed')]
      described.errors = describeAll(both, within)
    }
  }

  /** Its name; that of its class, where a class that extends a built-in one has not been given another. */
  function typeOf(object: object): string {
    if (typeof object === 'function') return 'function'
    const name = read(object, 'name')
    if (typeof name !== 'string' || name === '') return 'Error'
    const shown = text(name, 100)
    if (!isBuiltIn(shown)) return shown
    const maker = read(object, 'constructor')
    const own = typeof maker === 'function' ? read(maker, 'name') : undefined
    return typeof own === 'string' && own !== '' ? text(own, 100) : shown
  }

  function isBuiltIn(name: string): boolean {
    return name === 'Error' || name === 'TypeError' || name === 'RangeError' || name === 'SyntaxError'
  }

  function notAnError(object: object): string {
    const words = 'A value that is not an Error was thrown'
    try {
      const json = p.stringify(object) as string | undefined
      if (json !== undefined && json !== '{}') return `${words}: ${text(json, 500)}`
    } catch {
      // Of a proxy, or of what is circular, there is no more to say.
    }
    return `${words}.`
  }

  // Of a revoked proxy even this throws.
  function isArray(value: unknown): value is object {
    try {
      return p.arrayIsArray(value)
    } catch {
      return false
    }
  }

  function describeAll(errors: object, within: Within): DescribedError[] {
    const length = read(errors, 'length')
    const count = typeof length === 'number' ? p.min(length, 5) : 0
    const described: DescribedError[] = []
    for (let index = 0; index < count; index += 1) {
      // Each with one cause and no errors of its own, or there would be 5 to the power of the depth.
      const error = read(errors, `${index}`)
      if (isWithin(error, within)) continue
      const value = describe(error, 3, within)
      // Not an assignment, which would run a setter that somebody put on Array.prototype.
      const place = { value, enumerable: true, writable: true, configurable: true }
      p.defineProperty(described, described.length, place)
    }
    return described
  }

  return { PermanentError, RetryAfterError, HttpError, coded, codedAt, describe, mark }
}
