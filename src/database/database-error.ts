import { DatabaseError } from 'pg'

import { AppError } from '../errors.ts'

/**
 * A refusal that one of our SQL functions raised. Its SQLSTATE is `PS` and the HTTP status
 * (`PS404`), its constraint the stable code, its column the field, its message made for the caller.
 */
export class RefusedByDatabaseError extends AppError {
  readonly code: string
  readonly status: number
  /** What to do instead, where the function says so. */
  readonly hint: string | undefined
  /** Such as the findings of a rejected version, as JSON text. */
  readonly detail: string | undefined

  constructor(error: DatabaseError) {
    super(error.message, { cause: error, ...(error.column ? { field: error.column } : {}) })
    this.code = error.constraint ?? 'refused'
    this.status = Number(error.code?.slice(2))
    this.hint = error.hint
    this.detail = error.detail
  }
}

/** The error itself, or the refusal that it carries. */
export function understandDatabaseError(error: unknown): unknown {
  return error instanceof DatabaseError && /^PS\d{3}$/.test(error.code ?? '')
    ? new RefusedByDatabaseError(error)
    : error
}

/** Whether a statement's answer did not come in time; its connection still waits for it. */
export function isUnanswered(error: unknown): error is Error {
  return error instanceof Error && /^Query read timeout/.test(error.message)
}

/** Whether the connection or the server is gone, so that the same statement may succeed later. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    // 08: the connection, 53300: no connection left, 57P0: shutting down or starting.
    /^(08|53300|57P0)/.test(code) ||
    /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)/.test(code) ||
    /Connection terminated|connection timeout|Client has encountered a connection error|^timeout (expired|exceeded)|^Query read timeout/i.test(
      error.message,
    )
  )
}
