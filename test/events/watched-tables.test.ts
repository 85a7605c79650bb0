import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { deliveriesOf, eventsOf, givenEventScript } from '../support/given-event-script.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { onAdmin } from '../support/test-cluster.ts'
import { useDatabase } from '../support/use-database.ts'

describe('watched tables', () => {
  const database = useDatabase()
  const role = `shop_${randomBytes(4).toString('hex')}`
  let tenant: GivenTenant
  /** The application's own login, which knows nothing of pgscript. */
  let shop: Client

  beforeAll(async () => {
    const { owner, url } = database
    await owner.query(`create role ${role} login password 'secret'`)
    await owner.query(`create schema shop`)
    await owner.query(`grant usage on schema shop to ${role}`)
    const login = new URL(url)
    login.username = role
    login.password = 'secret'
    shop = new Client(login.href)
    await shop.connect()
  })

  afterAll(async () => {
    await shop.end()
    await database.owner.query(`drop owned by ${role}`)
    await onAdmin(database.cluster.adminUrl, (admin) => admin.query(`drop role ${role}`))
  })

  /** A table of the application, watched, and a script that gets all of its events. */
  async function givenWatched(columns: string, options = ''): Promise<string> {
    const table = `shop.t${randomBytes(4).toString('hex')}`
    await database.owner.query(`create table ${table} (${columns})`)
    await database.owner.query(`grant select, insert, update, delete on ${table} to ${role}`)
    await database.owner.query(`select pgscript.watch_table('${table}', 'tenant', 'order'${options})`)
    return table
  }

  async function givenOrders(options = ''): Promise<string> {
    tenant = await givenTenant(database)
    await givenEventScript(database, tenant, { events: ['order.*'] })
    return await givenWatched('id integer primary key, tenant text, total numeric, note text', options)
  }

  test('inserts, updates and deletes become events with the old and the new values', async () => {
    const table = await givenOrders()
    await shop.query(`insert into ${table} values (1, $1, 10, 'new')`, [tenant.key])
    await shop.query(`update ${table} set total = 20 where id = 1`)
    await shop.query(`delete from ${table} where id = 1`)
    const [first, second] = [
      { id: 1, tenant: tenant.key, total: 10, note: 'new' },
      { id: 1, tenant: tenant.key, total: 20, note: 'new' },
    ]
    expect(await eventsOf(database, tenant)).toMatchObject([
      { type: 'order.inserted', source: 'watch', payload: { operation: 'insert', new: first } },
      { type: 'order.updated', payload: { operation: 'update', new: second, old: first } },
      { type: 'order.deleted', payload: { operation: 'delete', old: second } },
    ])
    expect(await deliveriesOf(database, tenant)).toHaveLength(3)
  })

  test('bulk statements make an event a row, each old version beside its new one', async () => {
    const table = await givenOrders()
    await shop.query(`insert into ${table} select n, $1, n, 'n' from generate_series(1, 2000) as n`, [
      tenant.key,
    ])
    await shop.query(`update ${table} set id = id + 10000, total = total + 1`)
    const updates = (await eventsOf(database, tenant)).filter(({ type }) => type === 'order.updated')
    expect(updates).toHaveLength(2000)
    const pairs = updates.map(
      ({ payload }) => payload as { old: { total: number }; new: { total: number; id: number } },
    )
    expect(pairs.every((pair) => pair.new.total === pair.old.total + 1)).toBe(true)
    expect(new Set(pairs.map((pair) => pair.new.id)).size).toBe(2000)
    expect(await deliveriesOf(database, tenant)).toHaveLength(4000)
  })

  test('rolls back with the statement', async () => {
    const table = await givenOrders()
    await shop.query('begin')
    await shop.query(`insert into ${table} values (1, $1, 10, 'x')`, [tenant.key])
    await shop.query('rollback')
    expect(await eventsOf(database, tenant)).toEqual([])
  })

  test('an update that changes none of the given columns is no event', async () => {
    const table = await givenOrders(", columns => '{id,total}', update_of => '{total}'")
    await shop.query(`insert into ${table} values (1, $1, 10, 'secret')`, [tenant.key])
    await shop.query(`update ${table} set note = 'other'`)
    await shop.query(`update ${table} set total = total`)
    await shop.query(`update ${table} set total = 11`)
    expect((await eventsOf(database, tenant)).map(({ payload }) => payload)).toEqual([
      { operation: 'insert', new: { id: 1, total: 10 } },
      { operation: 'update', new: { id: 1, total: 11 }, old: { id: 1, total: 10 } },
    ])
  })

  test('only the given operations count, and watching again replaces what was', async () => {
    const table = await givenOrders(", operations => '{delete}'")
    await shop.query(`insert into ${table} values (1, $1, 10, 'x')`, [tenant.key])
    await shop.query(`delete from ${table}`)
    expect((await eventsOf(database, tenant)).map(({ type }) => type)).toEqual(['order.deleted'])
    await database.owner.query(`select pgscript.watch_table('${table}', 'tenant', 'order', '{insert}')`)
    await shop.query(`insert into ${table} values (2, $1, 10, 'x')`, [tenant.key])
    await shop.query(`delete from ${table}`)
    expect((await eventsOf(database, tenant)).map(({ type }) => type)).toEqual([
      'order.deleted',
      'order.inserted',
    ])
  })

  test.each([
    ['integer', 42, '42'],
    ['bigint', '9007199254740993', '9007199254740993'],
    ['uuid', 'c0ffee00-0000-4000-8000-000000000001', 'c0ffee00-0000-4000-8000-000000000001'],
  ])('a tenant column of type %s is matched with the key', async (type, value, key) => {
    tenant = { key, id: '' }
    const { rows } = await database.owner.query('select id from pgscript.upsert_tenant($1)', [key])
    tenant.id = rows[0].id
    const table = await givenWatched(`id integer, tenant ${type}`)
    await shop.query(`insert into ${table} values (1, $1)`, [value])
    expect(await eventsOf(database, tenant)).toMatchObject([{ type: 'order.inserted' }])
  })

  test("a host's write succeeds whatever is wrong with the event", async () => {
    const table = await givenOrders()
    await shop.query(
      `insert into ${table} values (1, 'nobody', 1, 'x'), (2, null, 2, 'y'), (3, $1, 3, 'z')`,
      [tenant.key],
    )
    const { rows } = await shop.query(`select count(*)::int as n from ${table}`)
    expect(rows).toEqual([{ n: 3 }])
    expect(await eventsOf(database, tenant)).toHaveLength(1)
    const refused = await database.owner.query(
      "select tenant_key from pgscript.refused_events where source = 'watch' order by tenant_key",
    )
    expect(refused.rows).toEqual([{ tenant_key: '' }, { tenant_key: 'nobody' }])
  })

  test('what an earlier version has made is made anew', async () => {
    const table = await givenOrders()
    const { rows } = await database.owner.query(
      'select routine from pgscript_engine.watched_tables where relation = $1::regclass',
      [table],
    )
    await database.owner.query(
      `create or replace function pgscript_engine.${rows[0].routine}() returns trigger language plpgsql
       as 'begin return null; end'`,
    )
    await shop.query(`insert into ${table} values (1, $1, 10, 'lost')`, [tenant.key])
    await database.owner.query('select pgscript_engine.remake_watches()')
    await shop.query(`insert into ${table} values (2, $1, 10, 'told')`, [tenant.key])
    expect((await eventsOf(database, tenant)).map(({ payload }) => payload)).toMatchObject([
      { new: { id: 2 } },
    ])
  })

  test('columns that come and go later are followed', async () => {
    const table = await givenOrders()
    // Often enough for the session to keep its plan.
    for (let n = 0; n < 8; n += 1) {
      await shop.query(`insert into ${table} (id, tenant) values (${n - 9}, $1)`, [tenant.key])
      await shop.query(`update ${table} set total = 1 where id = ${n - 9}`)
      await shop.query(`delete from ${table}`)
    }
    await database.owner.query(`alter table ${table} add column currency text default 'EUR'`)
    await shop.query(`insert into ${table} (id, tenant) values (1, $1)`, [tenant.key])
    await database.owner.query(`alter table ${table} drop column note`)
    await shop.query(`insert into ${table} (id, tenant) values (2, $1)`, [tenant.key])
    await database.owner.query(
      `alter table ${table} alter column currency drop default, alter column currency type integer using 7`,
    )
    await shop.query(`update ${table} set total = 3 where id = 2`)
    await database.owner.query(`alter table ${table} add column later boolean`)
    await shop.query(`delete from ${table} where id = 1`)
    expect((await eventsOf(database, tenant)).slice(24).map(({ payload }) => payload)).toMatchObject([
      { new: { id: 1, note: null, currency: 'EUR' } },
      { new: { id: 2, currency: 'EUR' } },
      { old: { id: 2, currency: 7, total: null }, new: { id: 2, currency: 7, total: 3 } },
      { old: { id: 1, currency: 7, later: null } },
    ])
    // Without its tenant column it cannot be followed; the host goes on all the same.
    await database.owner.query(`alter table ${table} drop column tenant`)
    await shop.query(`insert into ${table} (id) values (3)`)
    expect(await eventsOf(database, tenant)).toHaveLength(28)
  })

  test('a type that becomes strict is checked, in sessions that know the table already', async () => {
    const mark = `strict${randomBytes(4).toString('hex')}`
    tenant = await givenTenant(database)
    const { owner } = database
    await owner.query(`create table shop.${mark} (tenant text, total numeric)`)
    await owner.query(`grant insert on shop.${mark} to ${role}`)
    await owner.query(`select pgscript.watch_table('shop.${mark}', 'tenant')`)
    const insert = `insert into shop.${mark} values ($1, -1)`
    await shop.query(insert, [tenant.key])
    const schema = { properties: { new: { properties: { total: { minimum: 0 } } } } }
    await owner.query('select pgscript.register_event_type($1, $2, strict => true)', [
      `${mark}.inserted`,
      JSON.stringify(schema),
    ])
    await shop.query(insert, [tenant.key])
    await owner.query('select pgscript.unregister_event_type($1)', [`${mark}.inserted`])
    await shop.query(insert, [tenant.key])
    expect((await eventsOf(database, tenant)).map(({ status }) => status)).toEqual([
      'accepted',
      'refused',
      'accepted',
    ])
  })

  test('rows too large for an event are refused ones, among others that are not', async () => {
    const table = await givenOrders()
    await shop.query(
      `insert into ${table} values (1, $1, 1, repeat('x', 2000000)), (2, $1, 2, repeat('x', 20000)), (3, $1, 3, 'x')`,
      [tenant.key],
    )
    expect(
      (await eventsOf(database, tenant)).map(({ status, refused_code: code }) => [status, code]),
    ).toEqual([
      ['refused', 'payload_too_large'],
      ['accepted', null],
      ['accepted', null],
    ])
    expect(await deliveriesOf(database, tenant)).toHaveLength(2)
  })

  test("a type's own cast to json does not run with our rights", async () => {
    const { owner } = database
    await owner.query("create type shop.mood as enum ('good', 'bad')")
    await owner.query(
      `create function shop.leak(shop.mood) returns json language plpgsql as
       $$ begin raise exception 'ran as %', current_user; end $$`,
    )
    await owner.query('create cast (shop.mood as json) with function shop.leak(shop.mood)')
    tenant = await givenTenant(database)
    const table = await givenWatched(
      'id integer, tenant text, mood shop.mood, moods shop.mood[], n numeric(8,2)',
    )
    await owner.query(`grant usage on type shop.mood to ${role}`)
    await shop.query(`insert into ${table} values (1, $1, 'good', '{good,bad}', 1.5)`, [tenant.key])
    expect((await eventsOf(database, tenant)).map(({ payload }) => payload)).toEqual([
      { operation: 'insert', new: { id: 1, tenant: tenant.key, mood: 'good', moods: '{good,bad}', n: 1.5 } },
    ])
  })

  test('a table of 120 columns is followed', async () => {
    tenant = await givenTenant(database)
    const columns = Array.from({ length: 120 }, (_, n) => `c${n} integer default ${n}`).join(', ')
    const table = await givenWatched(`tenant text, ${columns}`)
    await shop.query(`insert into ${table} (tenant) values ($1)`, [tenant.key])
    const [event] = await eventsOf(database, tenant)
    expect(event?.payload).toMatchObject({ new: { tenant: tenant.key, c0: 0, c119: 119 } })
  })

  test('unwatching takes the triggers off again', async () => {
    const table = await givenOrders()
    const { rows } = await database.owner.query(`select pgscript.unwatch_table('${table}') as was`)
    expect(rows).toEqual([{ was: true }])
    await shop.query(`insert into ${table} values (1, $1, 1, 'x')`, [tenant.key])
    expect(await eventsOf(database, tenant)).toEqual([])
    const left = await database.owner.query('select from pg_trigger where tgrelid = $1::regclass', [table])
    expect(left.rows).toEqual([])
  })

  test.each([
    ["'shop.orders_view', 'tenant'", 'invalid_table'],
    ["'pg_catalog.pg_class', 'relname'", 'invalid_table'],
    ["'pgscript.events', 'tenant_key'", 'invalid_table'],
    ["'shop.plain', 'no_such'", 'invalid_column'],
    ["'shop.plain', 'tenant', columns => '{nope}'", 'invalid_column'],
    ["'shop.plain', 'tenant', operations => '{truncate}'", 'invalid_operations'],
    ["'shop.plain', 'tenant', 'Not A Type'", 'invalid_event_type'],
  ])('watch_table(%s) is refused: %s', async (parameters, code) => {
    await database.owner.query('create table if not exists shop.plain (id integer, tenant text)')
    await database.owner.query('create or replace view shop.orders_view as select * from shop.plain')
    const watching = database.owner.query(`select pgscript.watch_table(${parameters})`)
    await expect(watching).rejects.toMatchObject({ constraint: code })
  })

  test('a role that may publish for some tenants only cannot watch a table, nor use our trigger', async () => {
    const granted = await givenTenant(database)
    await database.owner.query('select pgscript.grant_integrator($1, $2)', [role, [granted.key]])
    await database.owner.query(`create schema own authorization ${role}`)
    await shop.query('create table own.things (id integer, tenant text)')
    await expect(shop.query("select pgscript.watch_table('own.things', 'tenant')")).rejects.toMatchObject({
      constraint: 'permission_denied',
    })
    await givenOrders()
    const { rows } = await database.owner.query('select routine from pgscript_engine.watched_tables limit 1')
    await shop.query(
      `create trigger forged after insert on own.things referencing new table as new_rows
       for each statement execute function pgscript_engine.${rows[0].routine}()`,
    )
    const other = await givenTenant(database)
    await shop.query('insert into own.things values (1, $1)', [other.key])
    expect(await eventsOf(database, other)).toEqual([])
  })

  test('sync_tenants keeps tenants in step with a table', async () => {
    const { owner } = database
    await owner.query('create table shop.customers (id integer primary key, name text)')
    await owner.query(`grant select, insert, update, delete on shop.customers to ${role}`)
    await owner.query("insert into shop.customers values (7001, 'Seven'), (7002, 'Eight')")
    const { rows } = await owner.query("select pgscript.sync_tenants('shop.customers', 'id', 'name') as n")
    expect(rows).toEqual([{ n: 2 }])
    await shop.query("insert into shop.customers values (7003, 'Nine'), (7004, '')")
    await shop.query("update shop.customers set name = 'Acht' where id = 7002")
    await shop.query('delete from shop.customers where id = 7001')
    const tenants = await owner.query(
      "select key, name, status from pgscript.tenants where key like '700_' order by key",
    )
    expect(tenants.rows).toEqual([
      { key: '7001', name: 'Seven', status: 'suspended' },
      { key: '7002', name: 'Acht', status: 'active' },
      { key: '7003', name: 'Nine', status: 'active' },
      { key: '7004', name: '7004', status: 'active' },
    ])
    expect((await owner.query("select pgscript.unsync_tenants('shop.customers') as was")).rows).toEqual([
      { was: true },
    ])
  })

  test.each([
    ['sync_tenants', 'watch_table'],
    ['watch_table', 'sync_tenants'],
  ])(
    'a table that tenants are kept in step with tells each of its beginning and its end (%s first)',
    async (...order) => {
      const { owner } = database
      const table = `shop.t${randomBytes(4).toString('hex')}`
      const key = randomBytes(4).toString('hex')
      const calls: Record<string, string> = {
        sync_tenants: `select pgscript.sync_tenants('${table}', 'id', 'name')`,
        watch_table: `select pgscript.watch_table('${table}', 'id', 'customer')`,
      }
      await owner.query(`create table ${table} (id text primary key, name text)`)
      await owner.query(`grant select, insert, update, delete on ${table} to ${role}`)
      for (const call of order) await owner.query(calls[call] ?? '')
      await shop.query(`insert into ${table} values ($1, 'Ann')`, [key])
      await shop.query(`update ${table} set name = 'Anna' where id = $1`, [key])
      await shop.query(`delete from ${table} where id = $1`, [key])
      const { rows } = await owner.query<{ type: string; status: string }>(
        'select type, status from pgscript.events where tenant_key = $1 order by id',
        [key],
      )
      expect(rows).toEqual(
        ['customer.inserted', 'customer.updated', 'customer.deleted'].map((type) => ({
          type,
          status: 'accepted',
        })),
      )
      await owner.query(`select pgscript.unsync_tenants('${table}'), pgscript.unwatch_table('${table}')`)
      const triggers = await owner.query(
        'select tgname from pg_trigger where tgrelid = $1::regclass and not tgisinternal',
        [table],
      )
      expect(triggers.rows).toEqual([])
    },
  )
})
