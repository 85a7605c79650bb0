import { z } from 'zod'

import { printable, unprintable } from './execution-request.ts'

const whatType = 'must be an event type, such as "order.created", of at most 200 characters'
const whatKey = 'must be 1 to 200 characters'

const event = {
  type: z
    .string({ error: (issue) => (issue.input === undefined ? `is missing; it ${whatType}` : whatType) })
    .min(1, whatType)
    .max(200, whatType)
    .refine(printable, unprintable),
  payload: z.unknown().optional(),
  idempotencyKey: z
    .string(whatKey)
    .min(1, whatKey)
    .max(200, whatKey)
    .refine(printable, unprintable)
    .optional(),
}

function known(fields: object, example: string) {
  return (issue: { code?: string | undefined }) =>
    issue.code === 'unrecognized_keys'
      ? `is not a known field; known are ${Object.keys(fields).join(', ')}`
      : `must be a JSON object such as ${example}`
}

const one = { ...event, strict: z.boolean('must be true or false').default(false) }
const many = {
  events: z
    .array(z.strictObject(event, { error: known(event, '{"type": "order.created"}') }), 'must be an array')
    .min(1, 'must hold at least one event')
    .max(1000, 'may hold 1,000 events; send the rest in another request'),
  strict: one.strict,
}

const example = '{"type": "order.created", "payload": {"total": 120}}'

/** The body of `POST /api/events` with one event, and with `events`. */
export const oneEventBody = z.strictObject(one, { error: known(one, example) })
export const manyEventsBody = z.strictObject(many, { error: known(many, `{"events": [${example}]}`) })
