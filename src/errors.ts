export interface AppErrorOptions {
  cause?: unknown
  /** Facts for the log line; never rendered to a client. */
  details?: Record<string, unknown>
  /** The input field at fault, as the caller wrote it. */
  field?: string
}

/** An error we expected. Anything else reaching the edge is a bug and becomes a 500. */
export abstract class AppError extends Error {
  /** Stable, greppable, documented in docs/errors.md; the message is free to change. */
  abstract readonly code: string
  /** The HTTP status the edge answers with. */
  abstract readonly status: number
  readonly details: Record<string, unknown>
  readonly field: string | undefined

  constructor(message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = new.target.name
    this.details = options.details ?? {}
    this.field = options.field
  }
}

/** Input from outside that does not fit; the message names the field, the reason and the remedy. */
export class InvalidInputError extends AppError {
  readonly status = 422
  readonly code: string

  constructor(message: string, options: AppErrorOptions & { code?: string } = {}) {
    super(message, options)
    this.code = options.code ?? 'invalid_input'
  }
}

/** A setting that cannot be used; the process ends with exit code 2 before it does anything. */
export class ConfigurationError extends AppError {
  readonly code = 'invalid_configuration'
  readonly status = 500
}

/** The database cannot serve this binary (absent, newer, or installed incompletely). */
export class DatabaseUnusableError extends AppError {
  readonly status = 503
  readonly code: string

  constructor(code: string, message: string, options: AppErrorOptions = {}) {
    super(message, options)
    this.code = code
  }
}
