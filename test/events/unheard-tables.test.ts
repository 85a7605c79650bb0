import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'

import { deliveriesOf, eventsOf, givenEventScript } from '../support/given-event-script.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'

describe('a watched table that nobody listens to', () => {
  const database = useDatabase()
  let tenant: GivenTenant
  /** Also the type of its events, so that no test hears another. */
  let table: string

  const run = (text: string) => database.owner.query(text)
  const isHeard = async () => {
    const { rows } = await database.owner.query<{ is_heard: boolean }>(
      'select is_heard from pgscript_engine.watched_tables where relation = $1::regclass',
      [table],
    )
    return rows[0]?.is_heard
  }
  const stored = async (of: GivenTenant) => {
    const { rows } = await database.owner.query<{ id: number; unjudged: boolean; status: string }>(
      `select (payload #> '{new,id}')::int as id, unjudged, status from pgscript.events
       where tenant_id = $1 and type = $2 order by events.id`,
      [of.id, `${table}.inserted`],
    )
    return rows
  }

  beforeEach(async () => {
    tenant = await givenTenant(database)
    table = await givenWatched('id integer, tenant text, note text')
  })

  async function givenWatched(columns: string): Promise<string> {
    const name = `t${randomBytes(6).toString('hex')}`
    await run(`create table ${name} (${columns})`)
    await run(`select pgscript.watch_table('${name}', 'tenant', '${name}')`)
    return name
  }

  /** As if its trigger function had been made before anybody listened. */
  async function forgetListeners() {
    const topics = await database.owner.query('select id, event_topics from pgscript.tenants')
    await run("update pgscript.tenants set event_topics = '{}', quotas = '{}', limits = '{}'")
    await run(`select pgscript_engine.make_watch('${table}'::regclass, 'events')`)
    for (const { id, event_topics } of topics.rows)
      await database.owner.query('update pgscript.tenants set event_topics = $2 where id = $1', [
        id,
        event_topics,
      ])
  }

  test('stores its ordinary changes without judging each, and without an execution', async () => {
    await run(`insert into ${table} select n, '${tenant.key}', 'x' from generate_series(1, 300) as n`)
    await run(`delete from ${table} where id > 298`)
    expect(await isHeard()).toBe(false)
    expect(await stored(tenant)).toEqual(
      Array.from({ length: 300 }, (_, n) => ({ id: n + 1, unjudged: true, status: 'accepted' })),
    )
    const kinds = (await eventsOf(database, tenant)).map(({ type, payload }) => ({ type, payload }))
    expect(kinds.slice(300)).toEqual(
      [299, 300].map((id) => ({
        type: `${table}.deleted`,
        payload: { operation: 'delete', old: { id, tenant: tenant.key, note: 'x' } },
      })),
    )
    expect(await deliveriesOf(database, tenant)).toEqual([])
  })

  test('is heard from the moment that a script of some tenant listens', async () => {
    const session = await database.owner.connect()
    try {
      const insert = (id: number) =>
        session.query(`insert into ${table} values (${id}, '${tenant.key}', 'x')`)
      for (let id = 1; id <= 7; id += 1) await insert(id)
      const other = await givenTenant(database)
      await givenEventScript(database, other, { events: ['*'] })
      expect(await isHeard()).toBe(true)
      await insert(8)
      await session.query(`insert into ${table} values (9, '${other.key}', 'x')`)
      expect(await deliveriesOf(database, other)).toHaveLength(1)
      expect(await deliveriesOf(database, tenant)).toEqual([])
      expect(await stored(tenant)).toHaveLength(8)
    } finally {
      session.release(true)
    }
  })

  test.each([
    ['a quota', `quotas => '{"events_per_minute": 5}'`],
    ['a limit of its own for their size', `limits => '{"input_bytes": 1000}'`],
  ])('counts as heard from the moment that a tenant has %s', async (_, change) => {
    await run("update pgscript.tenants set event_topics = '{}', quotas = '{}', limits = '{}'")
    await run(`select pgscript_engine.make_watch('${table}'::regclass, 'events')`)
    expect(await isHeard()).toBe(false)
    await database.owner.query(`select pgscript.upsert_tenant($1, ${change})`, [tenant.key])
    expect(await isHeard()).toBe(true)
  })

  test('reaches every listener, once, whatever its trigger function still believes', async () => {
    const listening = await givenTenant(database)
    const suspended = await givenTenant(database)
    const limited = await givenTenant(database)
    await givenEventScript(database, listening, { events: [`${table}.*`] })
    await givenEventScript(database, listening, { events: [`${table}.inserted`], filter: '$.new.id > 2' })
    await forgetListeners()
    expect(await isHeard()).toBe(false)
    await database.owner.query("update pgscript.tenants set status = 'suspended' where id = $1", [
      suspended.id,
    ])
    await database.owner.query(
      `update pgscript.tenants set quotas = '{"events_per_minute": 1}' where id = $1`,
      [limited.id],
    )

    const keys = [tenant, listening, suspended, limited].map(({ key }) => `'${key}'`).join(', ')
    await run(
      `insert into ${table}
       select n, key, 'x' from generate_series(1, 4) as n, unnest(array[${keys}, 'nobody ${table}']) as key`,
    )
    const four = [1, 2, 3, 4].map((id) => ({ id, status: 'accepted' }))
    expect(await stored(tenant)).toMatchObject(four)
    expect(await stored(listening)).toMatchObject(four)
    expect(await deliveriesOf(database, listening)).toHaveLength(4 + 2)
    expect(await stored(suspended)).toMatchObject(four.map((event) => ({ ...event, status: 'refused' })))
    expect((await stored(limited)).map(({ status }) => status)).toEqual([
      'accepted',
      'refused',
      'refused',
      'refused',
    ])
    const { rows } = await database.owner.query(
      'select count(*)::int as n from pgscript.refused_events where tenant_key = $1',
      [`nobody ${table}`],
    )
    expect(rows).toEqual([{ n: 4 }])
  })

  test('refuses what is too large, as any other does', async () => {
    await run(
      `insert into ${table} values (1, '${tenant.key}', repeat('x', 2000000)), (2, '${tenant.key}', 'y')`,
    )
    await run(`insert into ${table} values (3, '${tenant.key}', repeat(chr(1), 7000))`)
    await run(`insert into ${table} values (4, '${tenant.key}', repeat('z', 20000))`)
    expect(await eventsOf(database, tenant)).toMatchObject([
      { status: 'refused', refused_code: 'payload_too_large' },
      { status: 'accepted' },
      { status: 'accepted' },
      { status: 'accepted' },
    ])
    expect((await stored(tenant)).slice(1)).toEqual([
      { id: 2, unjudged: true, status: 'accepted' },
      { id: 3, unjudged: true, status: 'accepted' },
      { id: 4, unjudged: false, status: 'accepted' },
    ])
  })

  test.each([
    ['numeric, b numeric', 'power(10::numeric, 100000), 1', true],
    ['numeric, b numeric(10, 2), c varchar(40), d numeric', "1, 1, 'x', 1", true],
    ['numeric, b numeric, c numeric', 'power(10::numeric, 100000), power(10::numeric, 100000), 1', false],
    ['jsonb, b jsonb', `to_jsonb(power(10::numeric, 100000)), '"x"'`, false],
    ['jsonb, b integer[]', `'{"x": 1}', '{1,2}'`, true],
    ['numeric[], b text', "array[power(10::numeric, 100000)], 'x'", false],
  ])('takes no row of (%s) for short that is long as JSON', async (columns, values, short) => {
    // The size of such a row says nothing, so it is one that is over 200 bytes.
    table = await givenWatched(`tenant text, id integer, note text, a ${columns}`)
    await run(`insert into ${table} select '${tenant.key}', 1, repeat('x', 250), ${values}`)
    expect(await stored(tenant)).toEqual([{ id: 1, unjudged: short, status: 'accepted' }])
  })

  test.each([false, true])(
    'refuses a row longer than PostgreSQL can say, and no other (heard: %s)',
    async (heard) => {
      table = await givenWatched('tenant text, id integer, note jsonb')
      if (heard) await givenEventScript(database, tenant, { events: [`${table}.*`] })
      await run(
        `insert into ${table} select '${tenant.key}', n, case n
         when 2 then (select jsonb_agg('1e131000'::numeric) from generate_series(1, 9000)) else '1' end
       from generate_series(1, 3) as n`,
      )
      const [first, second, third] = await eventsOf(database, tenant)
      expect([first, second, third].map((event) => event?.status)).toEqual([
        'accepted',
        'refused',
        'accepted',
      ])
      expect(second?.refused_code).toBe('payload_too_large')
      expect(await deliveriesOf(database, tenant)).toHaveLength(heard ? 2 : 0)
    },
  )

  test('is judged where a type has become strict', async () => {
    await run(`insert into ${table} values (1, '${tenant.key}', 'x')`)
    const schema = { properties: { new: { properties: { note: { const: 'x' } } } } }
    await database.owner.query('select pgscript.register_event_type($1, $2, strict => true)', [
      `${table}.inserted`,
      JSON.stringify(schema),
    ])
    await run(`insert into ${table} values (2, '${tenant.key}', 'x'), (3, '${tenant.key}', 'y')`)
    await run(`delete from ${table} where id = 2`)
    expect(await stored(tenant)).toEqual([
      { id: 1, unjudged: true, status: 'accepted' },
      { id: 2, unjudged: false, status: 'accepted' },
      { id: 3, unjudged: false, status: 'refused' },
    ])
    expect(await eventsOf(database, tenant)).toHaveLength(4)
  })

  test('keeps its limits where a column is no longer as short as it was', async () => {
    const columns = Array.from({ length: 9 }, (_, n) => `c${n}`)
    table = await givenWatched(
      `tenant text, id integer, note text, ${columns.map((name) => `${name} numeric(10, 2)`).join(', ')}`,
    )
    await run(`alter table ${table} ${columns.map((name) => `alter ${name} type numeric`).join(', ')}`)
    await run(
      `insert into ${table} select '${tenant.key}', 1, '', ${columns.map(() => "'1e131000'::numeric").join(', ')}`,
    )
    expect(await eventsOf(database, tenant)).toMatchObject([
      { status: 'refused', refused_code: 'payload_too_large' },
    ])
  })

  test("is not waited for by a listener's activation while a transaction of the host has made it anew", async () => {
    const listening = await givenTenant(database)
    const writer = await database.owner.connect()
    try {
      await run(`alter table ${table} add column z integer`)
      await writer.query('begin')
      await writer.query(`insert into ${table} (id, tenant) values (1, '${tenant.key}')`)
      // It would hang until the transaction ends.
      await givenEventScript(database, listening, { events: [`${table}.*`] })
      await writer.query('commit')
    } finally {
      writer.release(true)
    }
    await run(`insert into ${table} (id, tenant) values (2, '${listening.key}')`)
    expect(await deliveriesOf(database, listening)).toHaveLength(1)
    expect(await stored(tenant)).toMatchObject([{ id: 1 }])
  })
})
