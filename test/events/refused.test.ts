import { describe, expect, test } from 'vitest'

import { transaction } from '../../src/database/database.ts'
import { givenHostRole } from '../support/call.ts'
import { deliveriesOf, eventsOf, givenEventScript, insertEvent } from '../support/given-event-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'

describe('an event that cannot be accepted', () => {
  const database = useDatabase()

  test.each<[string, string, unknown]>([
    ['invalid_event_type', 'Order.Created', {}],
    ['invalid_event_type', '', {}],
    ['invalid_event_type', 'order.', {}],
    ['invalid_event_type', 'order.*', {}],
    ['invalid_event_type', `a.${'b'.repeat(300)}`, {}],
    ['invalid_event_type', 'pgscript.execution.completed', {}],
    ['invalid_event_type', 'pgscript', {}],
    ['payload_too_large', 'order.created', { text: 'x'.repeat(1024 * 1024) }],
  ])('is kept as refused with %s, and nobody gets it (%.40s)', async (code, type, payload) => {
    const tenant = await givenTenant(database)
    await givenEventScript(database, tenant, { events: ['*', 'pgscript.*'] })
    await insertEvent(database, tenant, type, payload)
    const event = (await eventsOf(database, tenant)).find(({ source }) => source === 'sql')
    expect(event).toMatchObject({ status: 'refused', refused_code: code })
    expect(event?.refused_reason).toMatch(/^(type|payload): /)
    const delivered = (await deliveriesOf(database, tenant)).map(({ event_id }) => event_id)
    expect(delivered).not.toContain(event?.id)
  })

  test.each(['9.lives', Array(21).fill('a').join('.'), 'a'.repeat(201)])(
    'is told the rules that its type breaks (%.20s)',
    async (type) => {
      const tenant = await givenTenant(database)
      await insertEvent(database, tenant, type, {})
      expect(await eventsOf(database, tenant)).toMatchObject([
        { refused_reason: expect.stringMatching(/begins with a letter, .* 200 characters and 20 words\.$/) },
      ])
    },
  )

  test.each([
    [
      'a thousand bytes',
      "select $1, 'order.created', jsonb_agg('1e131000'::numeric) from generate_series(1, 60)",
    ],
    ['a hundred bytes, compressed', "select $1, 'order.created', payload from compressed"],
    [
      'more than PostgreSQL can say',
      "select $1, 'order.created', jsonb_agg('1e131000'::numeric) from generate_series(1, 9000)",
    ],
  ])('a payload of %s that is megabytes as JSON is refused as too large', async (_, select) => {
    const tenant = await givenTenant(database)
    await givenEventScript(database, tenant, { events: ['*'] })
    await database.owner.query('create table if not exists compressed (payload jsonb)')
    await database.owner.query(
      "insert into compressed select jsonb_agg('1e131000'::numeric) from generate_series(1, 300)",
    )
    await database.owner.query(`insert into pgscript.events (tenant_key, type, payload) ${select}`, [
      tenant.key,
    ])
    const [event] = await eventsOf(database, tenant)
    expect(event).toMatchObject({ status: 'refused', refused_code: 'payload_too_large' })
    expect(JSON.stringify(event).length).toBeLessThan(10_000)
    expect(await deliveriesOf(database, tenant)).toEqual([])
  })

  test('a type that is null is refused as well', async () => {
    const tenant = await givenTenant(database)
    await database.owner.query('insert into pgscript.events (tenant_key, type) values ($1, null)', [
      tenant.key,
    ])
    expect(await eventsOf(database, tenant)).toMatchObject([{ status: 'refused', type: '' }])
  })

  test("leaves the host's transaction alive", async () => {
    const tenant = await givenTenant(database, { status: 'suspended' })
    const answer = await transaction({ pool: database.owner }, async (client) => {
      await client.query("insert into pgscript.events (tenant_key, type) values ($1, 'order.created')", [
        tenant.key,
      ])
      return (await client.query('select 7 as n')).rows
    })
    expect(answer).toEqual([{ n: 7 }])
    expect(await eventsOf(database, tenant)).toMatchObject([
      { status: 'refused', refused_code: 'tenant_suspended' },
    ])
  })

  test('of an unknown tenant is kept for the operator', async () => {
    await database.owner.query(
      `insert into pgscript.events (tenant_key, type, payload) values ('nobody', 'order.created', '{"n": 1}')`,
    )
    const { rows } = await database.owner.query(
      "select pgscript.publish_event('nobody', 'order.created') as id",
    )
    expect(rows).toEqual([{ id: null }])
    const refused = await database.owner.query(
      "select tenant_key, type, reason, source from pgscript.refused_events where tenant_key = 'nobody' order by id",
    )
    expect(refused.rows).toEqual([
      {
        tenant_key: 'nobody',
        type: 'order.created',
        reason: 'There is no tenant with this key.',
        source: 'sql',
      },
      {
        tenant_key: 'nobody',
        type: 'order.created',
        reason: 'There is no tenant with this key.',
        source: 'api',
      },
    ])
  })

  test('of an unknown tenant is an error for a role that may not know which there are', async () => {
    const tenant = await givenTenant(database)
    const role = await givenHostRole(database, [tenant.key])
    const publishing = transaction({ pool: database.owner }, async (client) => {
      await client.query(`set local role ${role}`)
      await client.query("insert into pgscript.events (tenant_key, type) values ('nobody at all', 'a.b')")
    })
    await expect(publishing).rejects.toMatchObject({ code: '42501' })
  })

  test('raises with strict', async () => {
    const tenant = await givenTenant(database)
    const strictly = (key: string, type: string) =>
      database.owner.query('select pgscript.publish_event($1, $2, strict => true)', [key, type])
    await expect(strictly(tenant.key, 'Bad Type')).rejects.toMatchObject({
      code: 'PS422',
      constraint: 'invalid_event_type',
    })
    await expect(strictly('nobody', 'order.created')).rejects.toMatchObject({
      constraint: 'tenant_not_found',
    })
    expect(await eventsOf(database, tenant)).toEqual([])
  })

  test('by the quota of events a minute: what fits is accepted, the rest refused, in their order', async () => {
    const tenant = await givenTenant(database)
    await givenEventScript(database, tenant, { events: ['order.*'] })
    await database.owner.query('select pgscript.upsert_tenant($1, quotas => \'{"events_per_minute": 3}\')', [
      tenant.key,
    ])
    const text = `insert into pgscript.events (tenant_key, type, payload)
      select $1, 'order.created', to_jsonb(n) from generate_series(1, 2) as n`
    await database.owner.query(text, [tenant.key])
    await database.owner.query(text, [tenant.key])
    expect((await eventsOf(database, tenant)).map(({ status }) => status)).toEqual([
      'accepted',
      'accepted',
      'accepted',
      'refused',
    ])
    expect(await deliveriesOf(database, tenant)).toHaveLength(3)
  })

  test('by the quota of executions an hour', async () => {
    const tenant = await givenTenant(database)
    await givenEventScript(database, tenant, { events: ['order.*'] })
    await database.owner.query(
      'select pgscript.upsert_tenant($1, quotas => \'{"executions_per_hour": 1}\')',
      [tenant.key],
    )
    await insertEvent(database, tenant, 'order.created')
    await insertEvent(database, tenant, 'order.created')
    await insertEvent(database, tenant, 'user.created')
    expect(await eventsOf(database, tenant)).toMatchObject([
      { status: 'accepted' },
      { status: 'refused', refused_code: 'quota_exceeded' },
      { status: 'accepted' },
    ])
  })

  test('for its quota leaves its idempotency key free', async () => {
    const tenant = await givenTenant(database)
    const setQuota = (quota: number) =>
      database.owner.query('select pgscript.upsert_tenant($1, quotas => $2)', [
        tenant.key,
        JSON.stringify({ events_per_minute: quota }),
      ])
    await setQuota(0)
    const publish = "select pgscript.publish_event($1, 'order.created', idempotency_key => 'k') as id"
    await database.owner.query(publish, [tenant.key])
    await setQuota(5)
    await database.owner.query(publish, [tenant.key])
    await database.owner.query(publish, [tenant.key])
    expect((await eventsOf(database, tenant)).map(({ status }) => status)).toEqual(['refused', 'accepted'])
  })
})
