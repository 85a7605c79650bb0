import { beforeEach, describe, expect, test } from 'vitest'

import { eventsOf } from '../support/given-event-script.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'

interface Change {
  operation: string
  new?: Record<string, unknown>
  old?: Record<string, unknown>
}

describe('a watched table', () => {
  const database = useDatabase()
  let tenant: GivenTenant
  let tables = 0

  beforeEach(async () => {
    tenant = await givenTenant(database)
  })

  async function givenWatched(columns: string, options = ''): Promise<string> {
    tables += 1
    const table = `changing_${tables}`
    await database.owner.query(`create table ${table} (${columns})`)
    await database.owner.query(`select pgscript.watch_table('${table}', 'tenant', '${table}'${options})`)
    return table
  }
  const changes = async () => (await eventsOf(database, tenant)).map(({ payload }) => payload as Change)
  const run = (text: string) => database.owner.query(text)

  test('makes the events of a statement in the order of its rows', async () => {
    const table = await givenWatched('id integer, tenant text')
    await run(`insert into ${table} select n, '${tenant.key}' from generate_series(1, 500) as n`)
    await run(`update ${table} set id = id + 1000`)
    const ids = (await changes()).map((change) => change.new?.id)
    expect(ids).toEqual([
      ...Array.from({ length: 500 }, (_, n) => n + 1),
      ...Array.from({ length: 500 }, (_, n) => n + 1001),
    ])
  })

  test('takes a bulk update in its stride in a session that knows only small ones', async () => {
    const table = await givenWatched('id integer primary key, tenant text, value integer default 0')
    await run(`insert into ${table} select n, '${tenant.key}' from generate_series(1, 10000) as n`)
    const session = await database.owner.connect()
    try {
      // By then PostgreSQL keeps the plan that it made for one row; in its loops, this took minutes.
      for (let id = 1; id <= 12; id += 1) {
        await session.query(`update ${table} set value = 1 where id = ${id}`)
      }
      await session.query("set statement_timeout = '30s'")
      await session.query(`update ${table} set value = value + 1`)
    } finally {
      session.release(true)
    }
    const [counted] = (
      await database.owner.query(
        `select count(*)::int as n, bool_and((payload #> '{new,value}')::int = (payload #> '{old,value}')::int + 1) as fit
         from pgscript.events where tenant_id = $1 and type like '%.updated'`,
        [tenant.id],
      )
    ).rows
    expect(counted).toEqual({ n: 10_012, fit: true })
  })

  test('follows its columns under their new names', async () => {
    const table = await givenWatched(
      'id integer, tenant text, total numeric, note text',
      ", columns => '{id,total}', update_of => '{total}'",
    )
    await run(`alter table ${table} rename column tenant to shop`)
    await run(`alter table ${table} rename column total to sum`)
    await run(`alter table ${table} rename column note to total`)
    await run(`insert into ${table} values (1, '${tenant.key}', 5, 'x')`)
    await run(`update ${table} set total = 'y'`)
    await run(`update ${table} set sum = 6`)
    expect(await changes()).toEqual([
      { operation: 'insert', new: { id: 1, sum: 5 } },
      { operation: 'update', new: { id: 1, sum: 6 }, old: { id: 1, sum: 5 } },
    ])
  })

  test.each([
    ['of its own', 'n integer, o text, k text, pair text, side text, change text'],
    ['of one with json', 'n integer, o text, j json'],
  ])('is told whole, whatever its columns are called (%s)', async (_, columns) => {
    const table = await givenWatched(`id integer, tenant text, ${columns}`)
    await run(`insert into ${table} (id, tenant, n, o) values (1, '${tenant.key}', 5, 'hello')`)
    await run(`update ${table} set n = 6`)
    await run(`delete from ${table}`)
    const row = { id: 1, tenant: tenant.key, n: 5, o: 'hello' }
    expect(await changes()).toMatchObject([
      { new: row },
      { old: row, new: { ...row, n: 6 } },
      { old: { ...row, n: 6 } },
    ])
  })

  test('tells both tenants of a row that moves, whatever columns it tells of', async () => {
    const other = await givenTenant(database)
    const table = await givenWatched('id integer, tenant text', ", columns => '{id}'")
    await run(`insert into ${table} values (1, '${tenant.key}')`)
    await run(`update ${table} set tenant = '${other.key}'`)
    expect((await changes()).at(-1)).toEqual({ operation: 'update', new: null, old: { id: 1 } })
    expect((await eventsOf(database, other)).map(({ payload }) => payload)).toEqual([
      { operation: 'update', new: { id: 1 }, old: null },
    ])
  })

  test('without its tenant column is a refused event of its own type; with another of that name it goes on', async () => {
    const table = await givenWatched('id integer, tenant text')
    await run(`alter table ${table} drop column tenant`)
    await run(`insert into ${table} values (1)`)
    const { rows } = await database.owner.query(
      'select reason, payload from pgscript.refused_events where type = $1',
      [table],
    )
    expect(rows).toEqual([
      {
        reason: 'The table has no column tenant any more, which it is followed by.',
        payload: { table: `public.${table}`, operation: 'insert' },
      },
    ])
    await run(`alter table ${table} add column tenant text`)
    await run(`insert into ${table} values (2, '${tenant.key}')`)
    expect(await changes()).toMatchObject([{ new: { id: 2 } }])
  })

  test('may have as many columns as a table can, whatever they are called', async () => {
    const columns = Array.from({ length: 1595 }, (_, n) => `c${n} integer`).join(', ')
    const table = await givenWatched(
      `tenant text, place integer, value integer, "compared" integer, "pgscript place" integer, ${columns}`,
    )
    await run(`insert into ${table} (tenant, place, c1594) values ('${tenant.key}', 7, 1)`)
    await run(`update ${table} set c0 = 2`)
    expect(await changes()).toMatchObject([
      { operation: 'insert' },
      { operation: 'update', new: { place: 7, c0: 2, c1594: 1 }, old: { place: 7, c0: null, c1594: 1 } },
    ])
  })

  test('is followed as before where a dump of it was restored: under another number, its columns too', async () => {
    const table = await givenWatched('gone integer, id integer, tenant text')
    const restored = `${table}_restored`
    await run(`create table ${restored} (id integer, tenant text)`)
    await run(
      `update pgscript_engine.watched_tables set relation = '${restored}'::regclass where relation = '${table}'::regclass`,
    )
    const { rows } = await run(
      `select routine from pgscript_engine.watched_tables where relation = '${restored}'::regclass`,
    )
    await run(
      `create trigger pgscript_events_insert after insert on ${restored} referencing new table as new_rows
       for each statement execute function pgscript_engine.${rows[0].routine}()`,
    )
    await run(`drop table ${table}`)
    await run(`insert into ${restored} values (1, '${tenant.key}')`)
    await run(`insert into ${restored} values (2, '${tenant.key}')`)
    expect(await changes()).toMatchObject([{ new: { id: 1 } }, { new: { id: 2 } }])
    await run(`select pgscript.watch_table('${restored}', 'tenant')`)
    await run(`insert into ${restored} values (3, '${tenant.key}')`)
    expect((await changes())[2]).toMatchObject({ new: { id: 3 } })
  })

  test("is told of in the same words whatever the writer's session is set to", async () => {
    const table = await givenWatched('tenant text, ratio float8, raw bytea, lasts interval, during tstzrange')
    const session = await database.owner.connect()
    const write = [
      `insert into ${table} values ('${tenant.key}', 1.23456, '\\x01ff', '1 day 2 hours', '[2024-01-31 00:00+00,)')`,
      `update ${table} set ratio = 1.23457`,
    ]
    try {
      await session.query("set extra_float_digits = -15; set bytea_output = 'escape'; set row_security = off")
      await session.query(
        "set datestyle = 'German'; set intervalstyle = 'sql_standard'; set timezone = 'UTC'",
      )
      for (const statement of write) await session.query(statement)
    } finally {
      session.release(true)
    }
    const row = { raw: '\\x01ff', lasts: '1 day 02:00:00', during: '["2024-01-31 00:00:00+00",)' }
    expect(await changes()).toMatchObject([
      { new: { ratio: 1.23456, ...row } },
      { new: { ratio: 1.23457, ...row }, old: { ratio: 1.23456 } },
    ])
  })

  test('lets nobody wait for a transaction that was the first to meet a new column', async () => {
    const table = await givenWatched('id integer, tenant text')
    await run(`alter table ${table} add column note text`)
    const first = await database.owner.connect()
    const second = await database.owner.connect()
    try {
      await first.query('begin')
      await first.query(`insert into ${table} values (1, '${tenant.key}', 'a')`)
      await second.query("set lock_timeout = '5s'")
      await second.query(`insert into ${table} values (2, '${tenant.key}', 'b')`)
      await first.query('commit')
    } finally {
      first.release(true)
      second.release(true)
    }
    const notes = (await changes()).map((change) => change.new?.note)
    expect(notes.toSorted()).toEqual(['a', 'b'])
  })

  test('is forgotten with the housekeeping when it was dropped', async () => {
    const table = await givenWatched('id integer, tenant text')
    const { rows } = await run(`select '${table}'::regclass::oid as oid`)
    await run(`drop table ${table}`)
    await run('select pgscript_engine.forget_dropped_watches()')
    const left = await database.owner.query(
      `select (select count(*) from pg_proc where proname = 'watch_' || $1 || '_events')
            + (select count(*) from pgscript_engine.watched_tables where relation::oid = $1::oid) as n`,
      [rows[0].oid],
    )
    expect(left.rows).toEqual([{ n: '0' }])
  })

  test('must be the whole table, not a partition that sees only what is written straight into it', async () => {
    await run('create table parted (id integer, tenant text) partition by range (id)')
    await run('create table parted_1 partition of parted default')
    await expect(run("select pgscript.watch_table('parted_1', 'tenant')")).rejects.toMatchObject({
      constraint: 'invalid_table',
      column: 'relation',
      hint: 'Name the whole table, public.parted.',
    })
  })

  test.each([
    ["'nope'", 'tenant_column'],
    ['null', 'tenant_column'],
    ["'tenant', columns => '{id,nope}'", 'columns'],
    ["'tenant', update_of => '{nope}'", 'update_of'],
  ])('with %s is refused, and the message names the argument: %s', async (parameters, field) => {
    const table = await givenWatched('id integer, tenant text')
    const watching = run(`select pgscript.watch_table('${table}', ${parameters})`)
    await expect(watching).rejects.toMatchObject({
      constraint: 'invalid_column',
      column: field,
      message: expect.stringMatching(new RegExp(`^${field}: `)),
    })
  })

  test('loses nothing to what makes it anew beside a change of its columns', async () => {
    const table = await givenWatched('id integer, tenant text')
    const [registering, altering] = [await database.owner.connect(), await database.owner.connect()]
    try {
      for (let round = 0; round < 10; round += 1) {
        const strict = round % 2 === 0
        await Promise.all([
          registering.query("select pgscript.register_event_type($1, 'true', strict => $2)", [
            `${table}.deleted`,
            strict,
          ]),
          altering.query(`alter table ${table} add column c${round} integer`),
        ])
        await run(`insert into ${table} (id, tenant) values (${round}, '${tenant.key}')`)
      }
    } finally {
      registering.release()
      altering.release()
    }
    expect((await changes()).map((change) => change.new?.id)).toEqual(Array.from({ length: 10 }, (_, n) => n))
  })

  test.each(['add column z integer', 'alter column v type bigint', 'rename column v to w', 'drop column v'])(
    'is written to again by a transaction that cannot see its columns (%s)',
    async (change) => {
      const table = await givenWatched('id integer, tenant text, v integer')
      const writer = await database.owner.connect()
      const insert = `insert into ${table} (id, tenant) values (1, '${tenant.key}')`
      try {
        await writer.query('begin isolation level repeatable read')
        await writer.query('select count(*) from pgscript.tenants')
        await run(`alter table ${table} ${change}`)
        await expect(writer.query(insert)).rejects.toMatchObject({ code: '40001' })
        await writer.query('rollback')
        await writer.query('begin isolation level repeatable read')
        await writer.query(insert)
        await writer.query('commit')
      } finally {
        writer.release(true)
      }
      expect(await changes()).toMatchObject([{ new: { id: 1 } }])
    },
  )

  test('without a row that jsonb cannot hold tells of all others of the statement', async () => {
    const other = await givenTenant(database)
    const table = await givenWatched('id integer, tenant text, j json')
    // The deepest that json itself takes, which depends on the version.
    const nested = (levels: number) => `(repeat('[', ${levels}) || repeat(']', ${levels}))::json`
    let levels = 20_000
    while (!(await run(`select ${nested(levels)}`).catch(() => false))) levels -= 50
    const deep = nested(levels)
    await run(
      `insert into ${table} values (1, '${tenant.key}', '1'), (2, '${other.key}', ${deep}), (3, '${tenant.key}', '2')`,
    )
    await run(`update ${table} set id = id + 10`)
    await run(`delete from ${table}`)
    expect((await changes()).map(({ operation, new: now, old }) => [operation, now?.id, old?.id])).toEqual([
      ['insert', 1, undefined],
      ['insert', 3, undefined],
      ['update', 11, 1],
      ['update', 13, 3],
      ['delete', undefined, 11],
      ['delete', undefined, 13],
    ])
    const refused = async () =>
      (
        await database.owner.query(
          "select payload ->> 'operation' as operation from pgscript.refused_events where type = $1 order by id",
          [table],
        )
      ).rows.map(({ operation }) => operation)
    expect(await refused()).toEqual(['insert', 'update', 'delete'])
    // One by one costs too much where there are more than a thousand.
    await run(
      `insert into ${table} select n, '${tenant.key}', case when n = 500 then ${deep} end from generate_series(1, 1001) as n`,
    )
    expect(await changes()).toHaveLength(6)
    expect(await refused()).toEqual(['insert', 'update', 'delete', 'insert'])
  })
})
