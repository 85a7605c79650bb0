import Router from '@koa/router'

import { authenticateApiKey, bearerKey } from '../auth/api-key.ts'
import type { Database } from '../database/database.ts'
import { isStorableJson } from '../database/storable-json.ts'
import { InvalidInputError } from '../errors.ts'
import { type PublishedEvent, publishEvents } from '../executor/publish-events.ts'
import { admit } from './admit.ts'
import { manyEventsBody, oneEventBody } from './event-request.ts'
import { jsonBody } from './json-body.ts'

/** 10 MB is the largest payload any tenant can have; the rest of the body is small. */
const largestBody = '11mb'

/**
 * `POST /api/events` publishes one event, or with `events` up to 1,000 of them in one transaction, for the
 * API key in the Authorization header: 202 with the id, and with status and reason where it was refused.
 * With `strict` a refusal is the response's error, and nothing is published.
 */
export function eventRoutes(database: Database): Router {
  const router = new Router({ prefix: '/api/events' })

  router.post('/', admit(database), jsonBody(largestBody), async (ctx) => {
    const { body } = ctx.request
    const isMany = typeof body === 'object' && body !== null && 'events' in body
    const { strict, events } = isMany ? manyEventsBody.parse(body) : single(body)
    requireStorable(events, isMany)
    const apiKey = bearerKey(ctx.get('authorization'))
    const identity = await authenticateApiKey(database, apiKey, ctx.ip)
    const published = await publishEvents(database, identity, events, { strict })
    ctx.status = 202
    ctx.body = isMany ? { events: published.map(shown) } : shown(published[0])
  })
  return router
}

function single(body: unknown) {
  const { strict, ...event } = oneEventBody.parse(body)
  return { strict, events: [event] }
}

function requireStorable(events: readonly { payload?: unknown }[], isMany: boolean): void {
  events.forEach(({ payload }, place) => {
    if (payload === undefined || isStorableJson(JSON.stringify(payload))) return
    const field = isMany ? `events.${place}.payload` : 'payload'
    throw new InvalidInputError(
      `${field}: holds a NUL character (\\u0000) or half of a surrogate pair, which PostgreSQL cannot store; remove it or encode the text as base64.`,
      { field },
    )
  })
}

function shown(event: PublishedEvent | undefined) {
  if (event === undefined) throw new Error('publish_events returned no row for an event')
  const { id, status, code, reason } = event
  return status === 'refused' ? { id, status, error: { code, message: reason } } : { id, status }
}
