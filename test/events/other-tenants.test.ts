import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'

import { transaction } from '../../src/database/database.ts'
import { givenHostRole } from '../support/call.ts'
import { eventsOf } from '../support/given-event-script.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'

describe('what a host role learns of tenants that it was not granted', () => {
  const database = useDatabase()
  let role: string
  let granted: GivenTenant
  let other: GivenTenant

  beforeAll(async () => {
    granted = await givenTenant(database)
    other = await givenTenant(database)
    role = await givenHostRole(database, [granted.key])
  })

  /** Publishes as the host role; the error, where there is one. */
  async function publish(key: string, idempotencyKey: string | null = null) {
    return await transaction({ pool: database.owner }, async (client) => {
      await client.query(`set local role ${role}`)
      const { rowCount } = await client.query(
        "insert into pgscript.events (tenant_key, type, idempotency_key) values ($1, 'a.b', $2)",
        [key, idempotencyKey],
      )
      return rowCount
    }).catch((error: { code: string; message: string }) => error)
  }

  /** All that a client is told, but for the tenant's key, which it gave. */
  const allOf = (answer: unknown) => {
    const { code, message, detail, hint, where, column, constraint, table } = answer as Record<string, string>
    return {
      code,
      message: message?.replaceAll(/'.*'/g, "'…'"),
      detail,
      hint,
      where,
      column,
      constraint,
      table,
    }
  }

  test('not whether one has used an idempotency key', async () => {
    await database.owner.query(
      "insert into pgscript.events (tenant_key, type, idempotency_key) values ($1, 'a.b', 'used')",
      [other.key],
    )
    const used = await publish(other.key, 'used')
    expect(used).toMatchObject({ code: '42501' })
    expect(allOf(used)).toEqual(allOf(await publish(other.key, 'unused')))
    expect(await publish(granted.key, 'used')).toBe(1)
  })

  test('nor whether one is about to be used, which it does not wait for', async () => {
    const holder = await database.owner.connect()
    try {
      await holder.query('begin')
      await holder.query(
        "insert into pgscript.events (tenant_key, type, idempotency_key) values ($1, 'a.b', 'held')",
        [other.key],
      )
      expect(allOf(await publish(other.key, 'held'))).toEqual(allOf(await publish(other.key)))
    } finally {
      await holder.query('rollback')
      holder.release()
    }
  })

  test('not whether there is one of a key', async () => {
    const known = await publish(other.key)
    const unknown = await publish(`${other.key}x`)
    expect(unknown).toMatchObject({ code: '42501' })
    expect(allOf(unknown)).toEqual(allOf(known))
  })
})

describe('a watched row', () => {
  const database = useDatabase()

  async function givenWatched(columns: string): Promise<string> {
    const table = `orders_${randomBytes(4).toString('hex')}`
    await database.owner.query(`create table ${table} (${columns})`)
    await database.owner.query(`select pgscript.watch_table('${table}', 'tenant', 'order')`)
    return table
  }

  test('that moves to another tenant shows neither what it was with the other', async () => {
    const [from, to] = [await givenTenant(database), await givenTenant(database)]
    const table = await givenWatched('id integer, tenant text, note text')
    await database.owner.query(`insert into ${table} values (1, $1, 'of the first')`, [from.key])
    await database.owner.query(`update ${table} set tenant = $1, note = 'of the second'`, [to.key])

    expect((await eventsOf(database, to)).map(({ payload }) => payload)).toEqual([
      { operation: 'update', old: null, new: { id: 1, tenant: to.key, note: 'of the second' } },
    ])
    expect((await eventsOf(database, from)).map(({ payload }) => payload)).toEqual([
      { operation: 'insert', new: { id: 1, tenant: from.key, note: 'of the first' } },
      { operation: 'update', old: { id: 1, tenant: from.key, note: 'of the first' }, new: null },
    ])
  })

  test('has its tenant in a padded column as well', async () => {
    const tenant = await givenTenant(database)
    const table = await givenWatched('tenant char(60), id integer')
    await database.owner.query(`insert into ${table} values ($1, 1)`, [tenant.key])
    expect(await eventsOf(database, tenant)).toHaveLength(1)
  })
})

describe('sync_tenants', () => {
  const database = useDatabase()

  async function statuses(keys: string[]) {
    const { rows } = await database.owner.query<{ key: string; status: string }>(
      'select key, status from pgscript.tenants where key = any ($1) order by key',
      [keys],
    )
    return Object.fromEntries(rows.map(({ key, status }) => [key, status]))
  }

  beforeAll(async () => {
    await database.owner.query('create table customers (id integer primary key, name text)')
    await database.owner.query("select pgscript.sync_tenants('customers', 'id', 'name')")
  })

  test('a row that comes back brings its tenant back', async () => {
    await database.owner.query("insert into customers values (11, 'Eleven')")
    await database.owner.query('delete from customers where id = 11')
    expect(await statuses(['11'])).toEqual({ 11: 'suspended' })
    await database.owner.query("insert into customers values (11, 'Eleven')")
    expect(await statuses(['11'])).toEqual({ 11: 'active' })
  })

  test('an update does not wake one that an operator has suspended', async () => {
    await database.owner.query("insert into customers values (12, 'Twelve')")
    await database.owner.query("select pgscript.upsert_tenant('12', status => 'suspended')")
    await database.owner.query("update customers set name = 'Dozen' where id = 12")
    await database.owner.query("select pgscript.sync_tenants('customers', 'id', 'name')")
    expect(await statuses(['12'])).toEqual({ 12: 'suspended' })
  })

  test('a row whose key changes leaves no tenant behind that runs', async () => {
    await database.owner.query("insert into customers values (13, 'A'), (14, 'B')")
    await database.owner.query('update customers set id = 15 where id = 13')
    expect(await statuses(['13', '14', '15'])).toEqual({ 13: 'suspended', 14: 'active', 15: 'active' })
    await database.owner.query('update customers set id = 13 where id = 15')
    expect(await statuses(['13', '15'])).toEqual({ 13: 'active', 15: 'suspended' })
    await database.owner.query('update customers set id = 15 where id = 13')
    // Keys that only change places are all there still.
    await database.owner.query('alter table customers drop constraint customers_pkey')
    await database.owner.query('update customers set id = 29 - id where id in (14, 15)')
    expect(await statuses(['14', '15'])).toEqual({ 14: 'active', 15: 'active' })
  })

  test('a column that is not unique is warned of: a row that goes takes the tenant of another along', async () => {
    const client = await database.owner.connect()
    const warnings: string[] = []
    client.on('notice', ({ message }) => warnings.push(message ?? ''))
    try {
      await client.query('create table shops (slug text, name text, id integer primary key)')
      await client.query("select pgscript.sync_tenants('shops', 'slug')")
      await client.query('create unique index on shops (slug)')
      await client.query("select pgscript.sync_tenants('shops', 'slug')")
    } finally {
      client.release(true)
    }
    expect(warnings).toEqual([expect.stringMatching(/^key_column: slug of .*shops is not unique/)])
  })
})
