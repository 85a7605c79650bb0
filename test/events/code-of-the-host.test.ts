import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'

import { eventsOf } from '../support/given-event-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'

// What makes events of a row runs as the engine. The owner of the table may change a column's type at any
// time, to one whose casts are functions of their own: those must never run with our rights.
describe('a watched column that becomes a type of the host', () => {
  const database = useDatabase()

  /** A watched table, a type whose casts leave a trace, and the table of traces. */
  async function givenTable(tenantColumn: string, options = '') {
    const mark = randomBytes(4).toString('hex')
    const [table, type, traces] = [`orders_${mark}`, `mood_${mark}`, `traces_${mark}`]
    const tenant = await givenTenant(database)
    const { owner } = database
    await owner.query(`create domain plain_${mark} as text`)
    await owner.query(`create table ${table} (tenant text, other text, value text, plain plain_${mark})`)
    await owner.query(`select pgscript.watch_table('${table}', '${tenantColumn}', 'order'${options})`)
    await owner.query(`insert into ${table} values ($1, $1, 'x', 'x')`, [tenant.key])
    await owner.query(`create type ${type} as enum ('x', '${tenant.key}')`)
    await owner.query(`create table ${traces} (by text)`)
    await owner.query(`grant insert, select on ${traces} to public`)
    for (const target of ['json', 'text']) {
      const value = target === 'json' ? '\'"forged"\'' : "'forged'"
      await owner.query(`create function ${type}_${target}(${type}) returns ${target} language plpgsql as $$
        begin insert into public.${traces} values (current_user); return ${value}; end $$`)
      await owner.query(`create cast (${type} as ${target}) with function ${type}_${target}(${type})`)
    }
    return { tenant, table, type, traces }
  }

  test.each([
    ['value', ''],
    ['plain', ''],
    ['value', ", columns => '{value}'"],
    ['tenant', ", columns => '{value}'"],
  ])('%s%s runs none of its code', async (column, options) => {
    const { tenant, table, type, traces } = await givenTable('tenant', options)
    await database.owner.query(
      `alter table ${table} alter column ${column} type ${type}
         using case ${column} when 'x' then 'x' else '${tenant.key}' end::${type}`,
    )
    await database.owner.query(`insert into ${table} values ('${tenant.key}', '', 'x', 'x')`)
    await database.owner.query(`update ${table} set other = 'changed', value = null where other = ''`)
    await database.owner.query(`delete from ${table} where value is null`)
    expect((await database.owner.query(`select by from ${traces}`)).rows).toEqual([])
    // And it is followed all the same.
    expect((await eventsOf(database, tenant)).map(({ type: said }) => said)).toEqual([
      'order.inserted',
      'order.inserted',
      'order.updated',
      'order.deleted',
    ])
  })

  test('nor for a transaction whose snapshot knows the column as it was', async () => {
    const { tenant, table, traces, type } = await givenTable('tenant')
    const client = await database.owner.connect()
    try {
      await client.query('begin isolation level repeatable read')
      await client.query('select 1 from pg_attribute')
      await database.owner.query(
        `alter table ${table} alter column value type ${type} using value::text::${type}`,
      )
      // It cannot know what the columns are now, and is to be tried again.
      await expect(
        client.query(`insert into ${table} values ('${tenant.key}', '', 'x', 'x')`),
      ).rejects.toMatchObject({ code: '40001' })
      await client.query('rollback')
    } finally {
      client.release(true)
    }
    expect((await database.owner.query(`select by from ${traces}`)).rows).toEqual([])
  })
})

// The same function may be put on the table once more, by its owner, without the rows that it reads; a name that
// is missing is looked for among the owner's temporary relations.
describe('a trigger of the host with our function', () => {
  const database = useDatabase()

  test.each(['before insert on orders for each row', 'after insert on orders for each statement'])(
    '%s makes nothing run as us',
    async (when) => {
      const client = await database.owner.connect()
      try {
        await client.query('drop table if exists orders, traces')
        await client.query('create table orders (tenant text, value text)')
        await client.query('create table traces (by text)')
        await client.query('grant insert on traces to public')
        await client.query("select pgscript.watch_table('orders', 'tenant')")
        await client.query(`create or replace function trace() returns text language plpgsql as $$
          begin insert into public.traces values (current_user); return 'x'; end $$`)
        await client.query(
          "create or replace temp view new_rows as select 'a'::text as tenant, public.trace() as value",
        )
        await client.query('grant select on new_rows to public')
        const { rows } = await client.query<{ routine: string }>(
          `select proname as routine from pg_proc where proname = 'watch_' || 'orders'::regclass::oid || '_events'`,
        )
        await client.query(
          `create trigger forged ${when} execute function pgscript_engine.${rows[0]?.routine}()`,
        )
        const tenant = await givenTenant(database)
        await client.query("insert into orders values ($1, 'x')", [tenant.key])
        expect((await client.query('select by from traces')).rows).toEqual([])
        expect(await eventsOf(database, tenant)).toHaveLength(when.startsWith('after') ? 1 : 0)
      } finally {
        client.release(true)
      }
    },
  )
})
