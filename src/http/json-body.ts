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
    // A character for each byte: what is not UTF-8 is refused below, where another decoder would replace it.
    encoding: 'latin1',
  })
  return async function jsonBody(ctx, next) {
    requireJson(ctx)
    await readText(ctx, async () => undefined).catch(explainPacking)
    ctx.request.body = parseJson(textOf(typeof ctx.request.body === 'string' ? ctx.request.body : ''))
    await next()
  }
}

/** Types and charsets are the same in capitals. */
function requireJson(ctx: Context) {
  const { type, charset } = ctx.request
  if (type.toLowerCase() === 'application/json') {
    if (charset === '' || /^(?:utf-?8|us-ascii)$/i.test(charset)) return
    throw new UnsupportedMediaTypeError(
      `JSON is sent in UTF-8, not in ${charset.slice(0, 100)}. Send the header "Content-Type: application/json".`,
    )
  }
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

function textOf(bytes: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes, 'latin1'))
  } catch (error) {
    throw new MalformedBodyError('The body is not valid UTF-8; send JSON in UTF-8.', { cause: error })
  }
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
    const body: unknown = JSON.parse(text)
    const path = maybeHugeNumber.test(text) ? pathToHugeNumber(body) : undefined
    if (path) refuseHugeNumber(path)
    return body
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new MalformedBodyError(`The body is not valid JSON: ${error.message}.`, { cause: error })
    }
    throw error
  }
}

/** Without a list for each value: a body may have millions. */
function pathToHugeNumber(value: unknown): string[] | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : []
  if (typeof value !== 'object' || value === null) return undefined
  for (const key in value) {
    const path = pathToHugeNumber((value as Record<string, unknown>)[key])
    if (path) return [key, ...path]
  }
  return undefined
}

function refuseHugeNumber(path: readonly string[]): never {
  const field = path.join('.').slice(0, 200)
  throw new InvalidInputError(
    `${field || 'The body'}: is a number beyond what JavaScript can hold (1.8e308); send it as a string.`,
    { ...(field && { field }) },
  )
}
