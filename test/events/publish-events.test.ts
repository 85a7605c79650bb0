import { describe, expect, test } from 'vitest'

import { eventsOf } from '../support/given-event-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'

describe('publish_events', () => {
  const database = useDatabase()

  async function publish(events: unknown, strict = false) {
    const tenant = await givenTenant(database)
    const publishing = database.owner.query('select * from pgscript.publish_events($1, $2, $3)', [
      tenant.key,
      JSON.stringify(events),
      strict,
    ])
    return { tenant, publishing }
  }

  test('a field that it does not know is an error that names it: an idempotency key must not be lost', async () => {
    const { tenant, publishing } = await publish([
      { type: 'a.b', idempotencyKey: 'one' },
      { type: 'a.b', idempotency_key: 'two' },
    ])
    await expect(publishing).rejects.toMatchObject({
      constraint: 'invalid_events',
      column: 'events.1.idempotency_key',
    })
    expect(await eventsOf(database, tenant)).toEqual([])
  })

  test.each([
    [{ type: 'NO' }, 'invalid_event_type', 'events.1.type', /^events\.1\.type: must be/],
    [
      { type: 'a.b', idempotencyKey: '' },
      'invalid_idempotency_key',
      'events.1.idempotency_key',
      /^events\.1\.idem/,
    ],
    [
      { type: 'a.b', payload: 'x'.repeat(1_100_000) },
      'payload_too_large',
      'events.1.payload',
      /^events\.1\.payload/,
    ],
  ])(
    'strict, %j is an error that says which event and which field',
    async (event, constraint, column, message) => {
      const { tenant, publishing } = await publish([{ type: 'a.b' }, event, { type: 'ALSO' }], true)
      await expect(publishing).rejects.toMatchObject({
        constraint,
        column,
        message: expect.stringMatching(message),
      })
      expect(await eventsOf(database, tenant)).toEqual([])
    },
  )

  test('publish_event names the field as well', async () => {
    const tenant = await givenTenant(database)
    await expect(
      database.owner.query(`select pgscript.publish_event($1, 'NO', strict => true)`, [tenant.key]),
    ).rejects.toMatchObject({ constraint: 'invalid_event_type', column: 'type' })
  })

  test('a payload that the database has stored compressed is measured as it is', async () => {
    const tenant = await givenTenant(database)
    await database.owner.query(
      `create table stored as select jsonb_build_object('text', repeat('x', 5000000)) as payload`,
    )
    await database.owner.query(
      `insert into pgscript.events (tenant_key, type, payload) select $1, 'a.b', payload from stored`,
      [tenant.key],
    )
    expect(await eventsOf(database, tenant)).toMatchObject([
      { status: 'refused', refused_code: 'payload_too_large' },
    ])
  })
})
