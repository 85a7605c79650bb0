import { describe, expect, test } from 'vitest'

import { eventsOf } from '../support/given-event-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'

describe('watch_table', () => {
  const database = useDatabase()
  let tables = 0

  async function givenTable(columns = 'tenant text, value integer'): Promise<string> {
    tables += 1
    await database.owner.query(`create table orders_${tables} (${columns})`)
    return `orders_${tables}`
  }
  const watch = async (table: string, rest = '') =>
    await database.owner.query(`select pgscript.watch_table($1, 'tenant', 'order'${rest})`, [table])

  test.each([
    [', operations => null', 'invalid_operations'],
    [", operations => '{}'", 'invalid_operations'],
    [", operations => '{truncate}'", 'invalid_operations'],
    [", columns => '{}'", 'invalid_column'],
    [", update_of => '{}'", 'invalid_column'],
    [", update_of => '{nothing}'", 'invalid_column'],
  ])('is refused with%s', async (rest, constraint) => {
    await expect(watch(await givenTable(), rest)).rejects.toMatchObject({ constraint })
  })

  test('gives no type that is one of our own', async () => {
    const table = await givenTable()
    await expect(
      database.owner.query(`select pgscript.watch_table($1, 'tenant', 'pgscript.execution.completed')`, [
        table,
      ]),
    ).rejects.toMatchObject({ constraint: 'invalid_event_type', column: 'type' })
  })

  test.each(['unwatch_table', 'unsync_tenants'])('%s(null) says which field is missing', async (name) => {
    await expect(database.owner.query(`select pgscript.${name}(null)`)).rejects.toMatchObject({
      code: 'PS422',
      constraint: 'invalid_table',
      column: 'relation',
    })
  })

  test('follows no temporary table, which is gone with its session', async () => {
    const client = await database.owner.connect()
    try {
      await client.query('create temp table passing (tenant text)')
      await expect(client.query(`select pgscript.watch_table('passing', 'tenant')`)).rejects.toMatchObject({
        constraint: 'invalid_table',
      })
    } finally {
      client.release()
    }
  })

  test('leaves nothing of a table that was dropped, once another is watched', async () => {
    const table = await givenTable()
    await watch(table)
    const { rows } = await database.owner.query('select $1::regclass::oid as oid', [table])
    await database.owner.query(`drop table ${table}`)
    await watch(await givenTable())
    const left = await database.owner.query(`select proname from pg_proc where proname = $1`, [
      `watch_${rows[0].oid}_events`,
    ])
    expect(left.rows).toEqual([])
  })

  test('a column that is computed on reading is left out, and cannot be asked for', async () => {
    const tenant = await givenTenant(database)
    const { rows } = await database.owner.query<{ version: number }>(
      "select current_setting('server_version_num')::int / 10000 as version",
    )
    // PostgreSQL has such columns from 18 on.
    const kind = (rows[0]?.version ?? 0) >= 18 ? 'virtual' : null
    const table = await givenTable(
      `tenant text, value integer${kind ? ', double integer generated always as (value * 2) virtual' : ''}`,
    )
    await watch(table)
    await database.owner.query(`insert into ${table} (tenant, value) values ($1, 4)`, [tenant.key])
    await database.owner.query(`update ${table} set value = 5`)
    expect((await eventsOf(database, tenant)).map(({ payload }) => payload)).toEqual([
      { operation: 'insert', new: { tenant: tenant.key, value: 4 } },
      { operation: 'update', new: { tenant: tenant.key, value: 5 }, old: { tenant: tenant.key, value: 4 } },
    ])
    await expect(watch(table, ", columns => '{double}'")).rejects.toMatchObject({
      constraint: 'invalid_column',
      column: 'columns',
    })
  })

  test('json that jsonb cannot hold is text, and takes no other row of the statement along', async () => {
    const tenant = await givenTenant(database)
    const table = await givenTable('tenant text, document json, many json[]')
    await watch(table)
    await database.owner.query(
      `insert into ${table} values
        ($1, '{"a": 1}', '{"{\\"b\\": 2}"}'), ($1, '"\\u0000"', null), ($1, '"\\ud800"', null),
        ($1, '1e1000000', null), ($1, '"\\ud83d\\ude00"', null)`,
      [tenant.key],
    )
    const seen = (await eventsOf(database, tenant)).map(
      ({ payload }) => (payload as { new: { document: unknown } }).new.document,
    )
    expect(seen).toHaveLength(5)
    expect(seen).toEqual(expect.arrayContaining([{ a: 1 }, '"\\u0000"', '"\\ud800"', '1e1000000', '😀']))
  })
})
