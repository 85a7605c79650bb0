import { DatabaseError } from 'pg'

import { AppError } from '../errors.ts'

/** An idempotency key that a transaction of somebody's has taken, and may still give back. */
export class KeyInUseError extends AppError {
  readonly code = 'idempotency_key_in_use'
  readonly status = 409

  constructor(cause: unknown) {
    super(
      'idempotencyKey: a transaction that has not ended yet is publishing with this key; try again in a moment.',
      { cause, field: 'idempotencyKey' },
    )
  }
}

/** Locks that were waited for too long, or by two for each other. */
const waited = ['55P03', '40P01', '40001']

/** Publishing waits for nothing but keys. */
export function understandKeys(error: unknown): unknown {
  return error instanceof DatabaseError && waited.includes(error.code ?? '')
    ? new KeyInUseError(error)
    : error
}
