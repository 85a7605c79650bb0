import { DatabaseError } from 'pg'

import { AppError } from '../errors.ts'
import type { Database } from './database.ts'

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

/**
 * Publishes with idempotency keys: in half of the connections at most, for whoever holds a key may keep their
 * transaction open for as long as they like.
 *
 * @param publish waits for nothing but keys, and a second at most
 * @throws {KeyInUseError} where that was not long enough
 */
export async function withKeys<T>(
  { behindLocks }: Pick<Database, 'behindLocks'>,
  publish: () => Promise<T>,
): Promise<T> {
  try {
    return await behindLocks(publish)
  } catch (error) {
    const isInUse = error instanceof DatabaseError && waited.includes(error.code ?? '')
    throw isInUse ? new KeyInUseError(error) : error
  }
}
