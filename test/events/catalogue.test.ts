import { describe, expect, test } from 'vitest'

import { eventsOf, insertEvent } from '../support/given-event-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'

describe('the catalogue of event types', () => {
  const database = useDatabase()
  const register = (
    type: string,
    schema: unknown,
    strict: boolean | null = null,
    description: string | null = null,
  ) =>
    database.owner.query('select * from pgscript.register_event_type($1, $2, $3, $4)', [
      type,
      schema === undefined ? null : JSON.stringify(schema),
      description,
      strict,
    ])

  test('keeps what is not given of a type', async () => {
    await register('order.kept', { type: 'object' }, true, 'An order')
    const { rows } = await register('order.kept', undefined)
    expect(rows).toMatchObject([
      { type: 'order.kept', schema: { type: 'object' }, is_strict: true, description: 'An order' },
    ])
  })

  test('a type that has a schema becomes strict by saying only that', async () => {
    await register('order.firm', { type: 'object' })
    const { rows } = await register('order.firm', undefined, true)
    expect(rows).toMatchObject([{ schema: { type: 'object' }, is_strict: true }])
  })

  test('only who administers every tenant writes it', async () => {
    const tenant = await givenTenant(database)
    const role = `${database.node.roles.integrator}`
    expect(tenant.key).toBeTruthy()
    const client = await database.owner.connect()
    try {
      await client.query(`set role ${role}`)
      await expect(client.query("select pgscript.register_event_type('order.x')")).rejects.toMatchObject({
        constraint: 'permission_denied',
      })
    } finally {
      client.release(true)
    }
  })

  const order = {
    type: 'object',
    required: ['id', 'lines'],
    additionalProperties: false,
    properties: {
      id: { type: 'integer', minimum: 1 },
      status: { enum: ['open', 'paid'] },
      note: { type: ['string', 'null'], minLength: 2, maxLength: 5 },
      kind: { const: 'order' },
      place: { enum: [{ town: 'Rome', zip: 1 }, [1, 2]] },
      lines: {
        type: 'array',
        minItems: 1,
        maxItems: 2,
        items: { type: 'object', properties: { count: { type: 'number', maximum: 10 } } },
      },
    },
  }

  test.each<[unknown, string | null]>([
    [{ id: 1, lines: [{ count: 2 }] }, null],
    [{ id: 1, lines: [{}], note: null, status: 'paid', kind: 'order' }, null],
    [7, 'payload: must be object, not number.'],
    [{ id: 1 }, 'payload.lines: is required.'],
    [{ id: 1.5, lines: [{}] }, 'payload.id: must be integer, not number.'],
    [{ id: 0, lines: [{}] }, 'payload.id: must be at least 1.'],
    [{ id: 1, lines: [] }, 'payload.lines: must have at least 1 elements.'],
    [{ id: 1, lines: [{}, {}, {}] }, 'payload.lines: must have at most 2 elements.'],
    [{ id: 1, lines: [{}, { count: 11 }] }, 'payload.lines[1].count: must be at most 10.'],
    [{ id: 1, lines: [{}], status: 'lost' }, 'payload.status: must be one of ["open", "paid"].'],
    [{ id: 1, lines: [{}], note: 'x' }, 'payload.note: must have at least 2 characters.'],
    [{ id: 1, lines: [{}], note: 'xxxxxx' }, 'payload.note: must have at most 5 characters.'],
    [{ id: 1, lines: [{}], note: 3 }, 'payload.note: must be string, null, not number.'],
    [{ id: 1, lines: [{}], kind: 'other' }, 'payload.kind: must be "order".'],
    [{ id: 1, lines: [{}], place: { zip: 1, town: 'Rome' } }, null],
    [
      { id: 1, lines: [{}], place: { town: 'Rome' } },
      'payload.place: must be one of [{"zip": 1, "town": "Rome"}, [1, 2]].',
    ],
    [
      { id: 1, lines: [{}], place: [2, 1] },
      'payload.place: must be one of [{"zip": 1, "town": "Rome"}, [1, 2]].',
    ],
    [{ id: 1, lines: [{}], extra: 1 }, 'payload.extra: is not a property that the schema knows.'],
  ])('a strict type takes or refuses %j: %s', async (payload, reason) => {
    await register('order.strict', order, true)
    const tenant = await givenTenant(database)
    await insertEvent(database, tenant, 'order.strict', payload)
    expect(await eventsOf(database, tenant)).toMatchObject([
      reason === null
        ? { status: 'accepted' }
        : { status: 'refused', refused_code: 'schema_mismatch', refused_reason: reason },
    ])
  })

  test('a type that is not strict takes anything', async () => {
    await register('order.loose', order)
    const tenant = await givenTenant(database)
    await insertEvent(database, tenant, 'order.loose', 7)
    expect(await eventsOf(database, tenant)).toMatchObject([{ status: 'accepted' }])
  })

  test.each<[unknown]>([
    [{ $ref: 'https://example.com' }],
    [{ pattern: '(a+)+$' }],
    [{ properties: { a: { anyOf: [] } } }],
    [{ items: { minimum: 'x' } }],
    [{ type: 'text' }],
    [{ type: 5 }],
    [{ type: [] }],
    [{ properties: { a: { type: [null] } } }],
    [{ required: 'id' }],
    [7],
  ])('the strict schema %j is refused', async (schema) => {
    await expect(register('order.bad', schema, true)).rejects.toMatchObject({
      constraint: 'invalid_event_schema',
      column: 'schema',
    })
  })

  test.each(['Order', 'pgscript.mine', 'pgscript', 'order.*', ''])('the type %j is refused', async (type) => {
    await expect(register(type, {})).rejects.toMatchObject({
      constraint: 'invalid_event_type',
      hint: expect.stringMatching(/begins with a letter, .* 200 characters and 20 words/),
    })
  })
})
