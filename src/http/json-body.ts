import { bodyParser } from '@koa/bodyparser'
import type { Context, Middleware } from 'koa'
import { isDeeperThan } from '../database/json-depth.ts'
import { AppError, InvalidInputError } from '../errors.ts'

export class MalformedBodyError extends AppError {
  readonly code = 'malformed_body'
  readonly status = 400
}

export class UnsupportedMediaTypeError extends AppError {
  readonly code = 'unsupported_media_type'
  readonly status = 415
}

/**
 * Reads a JSON body into `ctx.request.body`.
 *
 * The text is parsed here and not by the body parser: that one takes a key `__proto__` for an attack,
 * but to us it is a name like any other, for nothing is ever merged into an object.
 */
export function jsonBody(limit: string): Middleware {
  const readText = bodyParser({
    enableTypes: ['text'],
    extendTypes: { text: ['application/json'] },
    textLimit: limit,
  })
  return async function jsonBody(ctx, next) {
    requireJson(ctx)
    await readText(ctx, async () => undefined).catch(explainPacking)
    ctx.request.body = parseJson(typeof ctx.request.body === 'string' ? ctx.request.body : '')
    await next()
  }
}

function requireJson(ctx: Context) {
  const type = ctx.request.type
  if (type === 'application/json') return
  throw new UnsupportedMediaTypeError(
    `Send the body as JSON with the header "Content-Type: application/json", not ${type ? `as ${type.slice(0, 100)}` : 'without a Content-Type'}.`,
  )
}

/** zlib's own errors have no status, and the fault is the sender's. */
function explainPacking(error: unknown): never {
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
    throw new MalformedBodyError('The body is not packed in the way that its Content-Encoding says.', {
      cause: error,
    })
  }
  throw error
}

/** Far deeper than data is, and far less than PostgreSQL and V8 can read. */
const deepest = 1_000

/** A number beyond a double's range would silently become null on its way; few texts can hold one. */
const maybeHugeNumber = /\d{300}|[eE]\+?\d{3}/

function parseJson(text: string): unknown {
  if (text.trim() === '') throw new MalformedBodyError('The body is empty; send a JSON object.')
  if (isDeeperThan(text, deepest)) {
    throw new InvalidInputError(
      `The body is too deeply nested (more than ${deepest} levels); send it flatter, or as a string.`,
    )
  }
  try {
    return JSON.parse(text, maybeHugeNumber.test(text) ? refuseHugeNumber : undefined)
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new MalformedBodyError(`The body is not valid JSON: ${error.message}.`, { cause: error })
    }
    throw error
  }
}

function refuseHugeNumber(key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value
  throw new InvalidInputError(
    `${key.slice(0, 100)}: is a number beyond what JavaScript can hold (1.8e308); send it as a string.`,
    { field: key.slice(0, 100) },
  )
}
