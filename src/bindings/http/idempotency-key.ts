import type { RunScope } from '../binding.ts'
import type { HttpRequest } from './http-request.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Gives the unsafe requests of a transactional run an `Idempotency-Key` where the script gave none: the
 * execution's id and the number of the call, the same in every attempt that makes the same calls.
 */
export function withIdempotencyKey(
  run: RunScope,
  isTransactional: boolean,
): (request: HttpRequest) => HttpRequest {
  let calls = 0
  return (request) => {
    if (safeMethods.has(request.method)) return request
    calls += 1
    const isGiven = request.headers.some(([name]) => name.toLowerCase() === 'idempotency-key')
    if (!isTransactional || isGiven) return request
    return { ...request, headers: [...request.headers, ['idempotency-key', `${run.executionId}-${calls}`]] }
  }
}
