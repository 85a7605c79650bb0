import type { Context, Middleware } from 'koa'
import { DatabaseError } from 'pg'
import { ZodError } from 'zod'

import {
  isConnectionError,
  RefusedByDatabaseError,
  understandDatabaseError,
} from '../../database/database-error.ts'
import { AppError } from '../../errors.ts'
import type { Logger } from '../../log.ts'

interface ErrorBody {
  code: string
  message: string
  field?: string
  hint?: string
}

interface Answer {
  status: number
  body: ErrorBody
  retryAfterSeconds?: number
}

/**
 * Turns whatever a handler throws into `{ "error": { code, message, field?, hint? } }` with the right
 * status. What we did not expect is logged once, here, and answered as `internal_error` without a word
 * of what it was.
 */
export function errorBoundary(logger: Logger): Middleware {
  return async function errorBoundary(ctx, next) {
    try {
      await next()
      if (ctx.status >= 400 && ctx.body == null) answer(ctx, fromKoa(ctx))
    } catch (error) {
      answer(ctx, describe(understandDatabaseError(error), logger, ctx))
    }
  }
}

function answer(ctx: Context, { status, body, retryAfterSeconds }: Answer) {
  ctx.status = status
  ctx.body = { error: body }
  if (status === 401) ctx.set('WWW-Authenticate', 'Bearer realm="pgscript"')
  if (retryAfterSeconds !== undefined) ctx.set('Retry-After', String(retryAfterSeconds))
}

function describe(error: unknown, logger: Logger, ctx: Context): Answer {
  if (error instanceof RefusedByDatabaseError || error instanceof AppError) return expected(error)
  if (error instanceof ZodError) return invalid(error)
  if (isConnectionError(error)) {
    logger.warn({ err: error, path: ctx.path }, 'the database cannot be reached')
    return {
      status: 503,
      retryAfterSeconds: 2,
      body: {
        code: 'database_unavailable',
        message: 'The database cannot be reached; try again in a moment.',
      },
    }
  }
  // 22: the value itself, 54: its size or depth. What was sent cannot be stored.
  if (error instanceof DatabaseError && /^(22|54)/.test(error.code ?? '')) {
    return {
      status: 422,
      body: {
        code: 'invalid_input',
        message: 'A value in the request cannot be stored (too deeply nested, or out of range).',
      },
    }
  }
  if (isHttpError(error)) return fromKoa(error)
  logger.error({ err: error, method: ctx.method, path: ctx.path }, 'unexpected error')
  return {
    status: 500,
    body: { code: 'internal_error', message: 'An unexpected error; it has been logged.' },
  }
}

function expected(error: AppError): Answer {
  const hint = error instanceof RefusedByDatabaseError ? error.hint : undefined
  const { code, message, field, status } = error
  return { status, body: { code, message, ...(field ? { field } : {}), ...(hint ? { hint } : {}) } }
}

function invalid(error: ZodError): Answer {
  const [issue] = error.issues
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  const field = [...(issue?.path ?? []), ...unknown].join('.').slice(0, 100)
  const message = `${field || 'The body'}${field ? ':' : ''} ${issue?.message ?? 'does not fit'}.`
  return { status: 422, body: { code: 'invalid_input', message, ...(field ? { field } : {}) } }
}

/** Errors that Koa and its middleware make carry a status; below 500 their cause is the request. */
function isHttpError(error: unknown): error is Error & { status: number } {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500
}

const codes: Record<number, [code: string, message: string]> = {
  400: ['malformed_request', 'The request cannot be read.'],
  404: ['not_found', 'There is nothing at this address.'],
  405: [
    'method_not_allowed',
    'The address does not take this method; the header Allow names those it takes.',
  ],
  413: ['body_too_large', 'The request body is too large.'],
  415: [
    'unsupported_media_type',
    'The body has an encoding that is not supported; send it as it is, or as gzip.',
  ],
  501: [
    'method_not_implemented',
    'This method is unknown here; the header Allow names those the address takes.',
  ],
}

function fromKoa(error: { status: number }): Answer {
  const [code, message] = codes[error.status] ?? ['malformed_request', 'The request cannot be read.']
  return { status: error.status, body: { code, message } }
}
