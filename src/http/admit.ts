import type { Middleware } from 'koa'

import { authenticateApiKey, bearerKey } from '../auth/api-key.ts'
import type { Database } from '../database/database.ts'

/** What a stranger may have us read and parse. */
const smallBody = 64 * 1024

/**
 * Before the body is read: who has no key need not send one. The key of a small request is looked at
 * together with what it asks for, in one round trip.
 */
export function admit(database: Database): Middleware {
  return async function admit(ctx, next) {
    const apiKey = bearerKey(ctx.get('authorization'))
    const length = ctx.request.length ?? Number.POSITIVE_INFINITY
    const isPacked = ctx.get('content-encoding') !== ''
    if (length > smallBody || isPacked) await authenticateApiKey(database, apiKey, ctx.ip)
    await next()
  }
}
