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

  test('an idempotency key that is no text is an error that names it', async () => {
    for (const idempotencyKey of [5, { a: 1 }, ['x'], true]) {
      const { tenant, publishing } = await publish([{ type: 'a.b' }, { type: 'a.b', idempotencyKey }])
      await expect(publishing).rejects.toMatchObject({ column: 'events.1.idempotencyKey' })
      expect(await eventsOf(database, tenant)).toEqual([])
    }
  })

  test('two that publish the same keys the other way round do not wait for each other in a circle', async () => {
    const tenant = await givenTenant(database)
    const sessions = [await database.owner.connect(), await database.owner.connect()]
    try {
      for (let round = 0; round < 5; round += 1) {
        const events = Array.from({ length: 1_000 }, (_, n) => ({
          type: 'a.b',
          payload: n,
          idempotencyKey: `${round}-${n}`,
        }))
        const answers = await Promise.all(
          [events, events.toReversed()].map((given, place) =>
            sessions[place]?.query<{ id: string }>('select id from pgscript.publish_events($1, $2)', [
              tenant.key,
              JSON.stringify(given),
            ]),
          ),
        )
        const [ids = [], others = []] = answers.map((answer) => answer?.rows.map(({ id }) => id))
        expect(others.toReversed()).toEqual(ids)
      }
    } finally {
      for (const session of sessions) session.release()
    }
    expect(await eventsOf(database, tenant)).toHaveLength(5_000)
  })

  test('keeps the order of the events, whatever their keys', async () => {
    const tenant = await givenTenant(database)
    const keys = ['c', undefined, 'a', 'b', undefined]
    const events = keys.map((idempotencyKey, n) => ({ type: 'a.b', payload: n, idempotencyKey }))
    await database.owner.query('select pgscript.publish_events($1, $2)', [tenant.key, JSON.stringify(events)])
    expect((await eventsOf(database, tenant)).map(({ payload }) => payload)).toEqual([0, 1, 2, 3, 4])
  })

  test.each([
    ['the tenant is suspended since', 'a.b', "select pgscript.upsert_tenant($1, status => 'suspended')"],
    ['its type is none', 'NO', 'select $1::text'],
  ])('a key that was used is honoured where %s', async (_, type, meanwhile) => {
    const tenant = await givenTenant(database)
    const once = async (strict = false) =>
      (
        await database.owner.query<{ id: string }>(
          "select pgscript.publish_event($1, $2, '1', 'K', strict => $3) as id",
          [tenant.key, strict ? type : 'a.b', strict],
        )
      ).rows[0]?.id
    const first = await once()
    await database.owner.query(meanwhile, [tenant.key])
    expect(await once(true)).toBe(first)
    const { rowCount } = await database.owner.query(
      "insert into pgscript.events (tenant_key, type, idempotency_key) values ($1, $2, 'K')",
      [tenant.key, type],
    )
    expect(rowCount).toBe(0)
    expect(await eventsOf(database, tenant)).toMatchObject([{ id: first, status: 'accepted' }])
  })
})
