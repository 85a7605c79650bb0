import { CallError } from '../binding.ts'

/**
 * The one answer for every host that a script may not call. It never says why: unknown, internal and
 * forbidden hosts must look the same, or a script could find out what is in the network behind us.
 */
export function egressRefused(): CallError {
  return new CallError(
    'egress_refused',
    'The host of this URL cannot be called: it is unknown, is not on the public internet, or is not among those that are allowed here.',
  )
}

export function dnsFailed(cause: unknown): CallError {
  return new CallError('dns_failed', 'The name servers gave no answer for the host; try again later.', {
    retryable: true,
    cause,
  })
}

export function connectionFailed(cause: unknown, what = 'The server could not be reached'): CallError {
  return new CallError('connection_failed', `${what}; try again later.`, { retryable: true, cause })
}

export function tlsFailed(cause: unknown): CallError {
  return new CallError(
    'tls_failed',
    "The server's certificate or encryption cannot be accepted: it must be valid for the host and signed by a known authority.",
    { cause },
  )
}

export function invalidResponse(cause?: unknown): CallError {
  return new CallError(
    'invalid_response',
    'The server sent what is not a whole HTTP response, or a body that cannot be decoded.',
    { retryable: true, cause },
  )
}

export function responseTooLarge(what: string, limit: string): CallError {
  return new CallError(
    'response_too_large',
    `The ${what} of the response are more than ${limit}; ask for less.`,
  )
}

export function redirectFailed(why: string): CallError {
  return new CallError('redirect_failed', why)
}

/** Names the argument of the call, the reason and what fits. */
export function invalidArgument(name: string, reason: string): CallError {
  return new CallError('invalid_arguments', `http.request: ${name} ${reason}.`)
}
