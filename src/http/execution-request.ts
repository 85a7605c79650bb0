import { z } from 'zod'

const longestWaitSeconds = 60
const defaultWaitSeconds = 30

const whatScript = 'must be the name or id of a script, 1 to 100 characters'
const whatWait = `must be true (${defaultWaitSeconds} s), false, or seconds from 0 to ${longestWaitSeconds}`
const whatPriority = 'must be a whole number from -100 (last) to 100 (first)'
const whatRunAt = 'must be a time with its zone, such as "2030-01-31T12:00:00Z"'
const whatKey = 'must be 1 to 200 characters'

/** PostgreSQL holds neither NUL nor half of a surrogate pair; no name has any control character. */
export const printable = (text: string) => text.isWellFormed() && !/\p{Cc}/u.test(text)
export const unprintable = 'holds a control character or half of a surrogate pair; remove it'

const fields = {
  script: z
    .string({ error: (issue) => (issue.input === undefined ? `is missing; it ${whatScript}` : whatScript) })
    .min(1, whatScript)
    .max(100, whatScript)
    .refine(printable, unprintable),
  input: z.unknown().optional(),
  /** Seconds to wait for the result. */
  wait: z
    .union([z.boolean(), z.number().min(0, whatWait).max(longestWaitSeconds, whatWait)], { error: whatWait })
    .default(false)
    .transform((wait) => (typeof wait === 'number' ? wait : wait ? defaultWaitSeconds : 0)),
  priority: z.int(whatPriority).min(-100, whatPriority).max(100, whatPriority).optional(),
  runAt: z.iso.datetime({ offset: true, error: whatRunAt }).optional(),
  idempotencyKey: z
    .string(whatKey)
    .min(1, whatKey)
    .max(200, whatKey)
    .refine(printable, unprintable)
    .optional(),
}

/** The body of `POST /api/executions`. */
export const requestBody = z.strictObject(fields, {
  error: (issue) =>
    issue.code === 'unrecognized_keys'
      ? `is not a known field; known are ${Object.keys(fields).join(', ')}`
      : 'must be a JSON object such as {"script": "hello", "input": {"name": "world"}}',
})

export type RequestBody = z.output<typeof requestBody>

export const executionParams = z.object({ id: z.uuid({ error: 'must be the id of an execution, a UUID' }) })
