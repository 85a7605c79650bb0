import { describe, expect, test } from 'vitest'

import {
  deliveriesOf,
  eventsOf,
  givenEventScript,
  insertEvent,
  type Subscription,
} from '../support/given-event-script.ts'
import { judge } from '../support/given-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'

describe('subscriptions', () => {
  const database = useDatabase()

  /** The types of those that reached a script with this subscription. */
  async function reached(subscription: Subscription, events: readonly (readonly [string, unknown])[]) {
    const tenant = await givenTenant(database)
    await givenEventScript(database, tenant, subscription)
    for (const [type, payload] of events) await insertEvent(database, tenant, type, payload)
    const stored = await eventsOf(database, tenant)
    expect(stored.map(({ status }) => status)).not.toContain('refused')
    const delivered = await deliveriesOf(database, tenant)
    return delivered.map(({ event_id }) => stored.find(({ id }) => id === event_id)?.payload)
  }

  test.each([
    [['order.created'], ['order.created']],
    [['order.*'], ['order.created', 'order.item.added']],
    [['order.item.*'], ['order.item.added']],
    [
      ['user.created', 'order.created'],
      ['order.created', 'user.created'],
    ],
    [['*'], ['order', 'order.created', 'order.item.added', 'orders.created', 'user.created']],
    [['nothing.*'], []],
  ])('%j gets %j', async (events, expected) => {
    const published = ['order', 'order.created', 'order.item.added', 'orders.created', 'user.created']
    const got = await reached(
      { events },
      published.map((type) => [type, type] as const),
    )
    expect(got).toEqual(expected)
  })

  test('an event reaches a script once, however many of its patterns match', async () => {
    const got = await reached({ events: ['order.created', 'order.*', '*', '*'] }, [['order.created', 1]])
    expect(got).toEqual([1])
  })

  test('each script gets an execution of its own, with the payload as its input', async () => {
    const tenant = await givenTenant(database)
    const first = await givenEventScript(database, tenant, { events: ['order.*'] })
    const second = await givenEventScript(database, tenant, { events: ['order.created'] })
    await insertEvent(database, tenant, 'order.created', { total: 3 })
    const [event] = await eventsOf(database, tenant)
    const { rows } = await database.owner.query(
      'select id, script_id, trigger_type, input, cause from pgscript.executions where tenant_id = $1',
      [tenant.id],
    )
    const expected = [first, second].map(({ id }) =>
      expect.objectContaining({
        script_id: id,
        trigger_type: 'event',
        input: { total: 3 },
        cause: { depth: 1, event: { id: event?.id, type: 'order.created' } },
      }),
    )
    expect(rows).toEqual(expect.arrayContaining(expected))
    expect(rows).toHaveLength(2)
    expect((await deliveriesOf(database, tenant)).map((row) => row.execution_id).sort()).toEqual(
      rows.map((row) => row.id).sort(),
    )
  })

  test("another tenant's scripts hear nothing", async () => {
    const [ours, theirs] = [await givenTenant(database), await givenTenant(database)]
    await givenEventScript(database, theirs, { events: ['*'] })
    await insertEvent(database, ours, 'order.created')
    expect(await deliveriesOf(database, theirs)).toEqual([])
    expect(await eventsOf(database, ours)).toHaveLength(1)
  })

  test('follow the active version, the status and the archive', async () => {
    const tenant = await givenTenant(database)
    const script = await givenEventScript(database, tenant, { events: ['order.created'] })
    const { owner } = database
    const publish = async () => {
      const before = (await deliveriesOf(database, tenant)).length
      await insertEvent(database, tenant, 'order.created')
      return (await deliveriesOf(database, tenant)).length - before
    }
    expect(await publish()).toBe(1)

    const config = JSON.stringify({ events: ['user.created'] })
    await owner.query('select pgscript.save_script($1, $2, config => $3)', [tenant.key, script.name, config])
    expect(await publish()).toBe(1)
    await judge(database, script, 2, 'accepted')
    await owner.query('select pgscript.activate_script($1, $2)', [tenant.key, script.name])
    expect(await publish()).toBe(0)

    await owner.query('select pgscript.activate_script($1, $2, 1)', [tenant.key, script.name])
    expect(await publish()).toBe(1)
    const setStatus = 'select pgscript.set_script_status($1, $2, $3)'
    await owner.query(setStatus, [tenant.key, script.name, 'paused'])
    expect(await publish()).toBe(0)
    await owner.query(setStatus, [tenant.key, script.name, 'active'])
    expect(await publish()).toBe(1)
    await owner.query(setStatus, [tenant.key, script.name, 'archived'])
    expect(await publish()).toBe(0)
  })

  test.each([
    [{}, 'config.events'],
    [{ events: [] }, 'config.events'],
    [{ events: 'order.created' }, 'config.events'],
    [{ events: [7] }, 'config.events'],
    [{ events: ['Order.Created'] }, 'config.events'],
    [{ events: ['*.created'] }, 'config.events'],
    [{ events: ['order.*.added'] }, 'config.events'],
    [{ events: ['order..created'] }, 'config.events'],
    [{ events: ['a.b', 'pgscript.nope'] }, 'config.events'],
    [{ events: ['pgscript'] }, 'config.events'],
    [{ events: ['pgscript.script.completed'] }, 'config.events'],
    [{ events: ['pgscript.nope.*'] }, 'config.events'],
    [{ events: ['a.b'], filter: 7 }, 'config.filter'],
    [{ events: ['a.b'], event: 'x' }, 'config.event'],
    [{ events: Array.from({ length: 101 }, (_, n) => `a.b${n}`) }, 'config.events'],
  ])('the configuration %j is refused at save, naming the field', async (config, field) => {
    const tenant = await givenTenant(database)
    const saving = database.owner.query(
      "select pgscript.save_script($1, 'on order', 'export default () => 1', 'event', config => $2)",
      [tenant.key, JSON.stringify(config)],
    )
    await expect(saving).rejects.toMatchObject({ constraint: 'invalid_config', column: field })
  })

  test.each([
    ['9.lives', /begins with a letter, and has at most 200 characters and 20 words\.$/],
    ['pgscript.nope', /publishes no 'pgscript\.nope'; there are pgscript\.script\.created.*pgscript\.\*\.$/],
  ])('what is wrong with the type %s is said', async (type, message) => {
    const tenant = await givenTenant(database)
    await expect(givenEventScript(database, tenant, { events: [type] })).rejects.toMatchObject({
      message: expect.stringMatching(message),
    })
  })

  test('our own events are subscribed to by their names, and by the beginnings of some', async () => {
    const tenant = await givenTenant(database)
    const script = ['created', 'updated', 'deleted', 'status_changed'].map(
      (name) => `pgscript.script.${name}`,
    )
    const execution = ['completed', 'failed', 'timeout'].map((name) => `pgscript.execution.${name}`)
    await givenEventScript(database, tenant, { events: [...script, ...execution] })
    await givenEventScript(database, tenant, {
      events: ['pgscript.*', 'pgscript.script.*', 'pgscript.execution.*', 'pgscripts.nope', 'pgscript_nope'],
    })
  })

  test('a script cannot become an event script without event types', async () => {
    const tenant = await givenTenant(database)
    const { owner } = database
    await owner.query("select pgscript.save_script($1, 'plain', 'export default () => 1')", [tenant.key])
    await expect(
      owner.query("select pgscript.save_script($1, 'plain', type => 'event')", [tenant.key]),
    ).rejects.toMatchObject({ constraint: 'invalid_config', column: 'config.events' })
  })

  test("an event script is tried again as its tenant's limits allow, unless it says no", async () => {
    const tenant = await givenTenant(database)
    const attempts = async () => {
      const { rows } = await database.owner.query(
        'select distinct max_attempts from pgscript_engine.live_executions where tenant_id = $1 and id >= $2',
        [tenant.id, (await eventsOf(database, tenant)).at(-1)?.id],
      )
      return rows.map((row) => row.max_attempts)
    }
    await givenEventScript(database, tenant, { events: ['a.b'] })
    await insertEvent(database, tenant, 'a.b')
    expect(await attempts()).toEqual([4])
    await database.owner.query('select pgscript.upsert_tenant($1, limits => \'{"retries": 1}\')', [
      tenant.key,
    ])
    await insertEvent(database, tenant, 'a.b')
    expect(await attempts()).toEqual([2])
    await givenEventScript(database, tenant, { events: ['c.d'] }, { retry: false })
    await insertEvent(database, tenant, 'c.d')
    expect(await attempts()).toEqual([1])
  })
})
