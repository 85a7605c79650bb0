import { describe, expect, test } from 'vitest'

import { deliveriesOf, eventsOf, givenEventScript, insertEvent } from '../support/given-event-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'

const distinct = (count: number, part: (n: number) => string) =>
  Array.from({ length: count }, (_, index) => part(200 - index)).join(' || ')

// A filter runs in the publisher's transaction, so what it may cost is bounded whatever the payload is.
describe('a filter of a hostile tenant', () => {
  const database = useDatabase()

  /** A session whose statements are cancelled where they take far longer than any of these may. */
  async function withDeadline<Result>(
    work: (query: (text: string, values: unknown[]) => Promise<unknown>) => Promise<Result>,
  ) {
    const client = await database.owner.connect()
    try {
      await client.query("set statement_timeout = '5s'")
      return await work((text, values) => client.query(text, values))
    } finally {
      await client.query('reset statement_timeout')
      client.release()
    }
  }

  async function saving(filter: string): Promise<unknown> {
    const tenant = await givenTenant(database)
    return await withDeadline((query) =>
      query("select pgscript.save_script($1, 'hostile', 'export default () => 1', 'event', config => $2)", [
        tenant.key,
        JSON.stringify({ events: ['a.b'], filter }),
      ]),
    )
  }

  test.each([
    [`$.a${'[0,0,0,0,0,0,0,0,0,0]'.repeat(40)} == 5`, 'lists of subscripts, whose places multiply'],
    ['$.a[0 to 9, 0 to 9, 0 to 9][0, 1, 2] == 1', 'ranges in lists'],
    [`$${'.keyvalue()'.repeat(40)}.key == "a"`, 'each .keyvalue() makes three of one'],
    ['exists($.a[*][$.b[*]])', 'a subscript computed for each item'],
    ['$.a[$.b.size() - 1] == 1', 'a subscript computed'],
    ['$.a.double() == $.b.double()', 'methods, which take arrays apart'],
    ['exists($.a[*] ? ($.b == $.c))', 'the whole payload compared for each item'],
    ['exists($.a[*] ? (@.b == $.c))', 'the whole payload for each item'],
    [distinct(22, (n) => `$.a like_regex "(a{1,${n}}){1,200}"`), 'expressions that take long to compile'],
    [distinct(18, (n) => `$.a like_regex "(a\\u007b1,${n}}){1,200}"`), 'the same, in escapes'],
    ['-$.a == $.b', 'a sign, which does too'],
    ['$.a ? (@ > 1) == $.b', 'a filtered side, and a place that may be an array'],
    ['strict $.a[*] == $.b[*]', 'many with many'],
    [`$.a${' * $.a'.repeat(20)} > 1`, 'long numbers multiplied often'],
  ])('%s is refused at save: %s', async (filter) => {
    await expect(saving(filter)).rejects.toMatchObject({
      constraint: 'invalid_event_filter',
      column: 'config.filter',
    })
  })

  test.each([
    ['$.a == $.b', 'two places'],
    ['exists($.c ? (@.a != @.b && @.b == @.a))', 'two places of an item'],
    ['$.a[*] == $.b', 'an array and a place'],
    ['($.a > $.b) is unknown || !($.b < $.a)', 'more than one comparison'],
  ])('%s does not compare two large arrays each with each: %s', async (filter) => {
    const tenant = await givenTenant(database)
    await givenEventScript(database, tenant, { events: ['a.b'], filter })
    const big = { a: Array(50_000).fill(1), b: Array(50_000).fill(2) }
    await withDeadline((query) =>
      query("insert into pgscript.events (tenant_key, type, payload) values ($1, 'a.b', $2)", [
        tenant.key,
        JSON.stringify({ ...big, c: big }),
      ]),
    )
    const { rows } = await database.owner.query('select status from pgscript.events where tenant_id = $1', [
      tenant.id,
    ])
    expect(rows).toEqual([{ status: 'accepted' }])
  })

  test.each<[string, unknown, boolean]>([
    ['$.new.total > $.old.total', { new: { total: 2 }, old: { total: 1 } }, true],
    ['$.new.total > $.old.total', { new: { total: 1 }, old: { total: 2 } }, false],
    ['$.new.total > $.old.total', { new: { total: 1 } }, false],
    ['!($.new.total == $.old.total)', { new: { total: 1 } }, true],
    ['$.a == $.b', { a: [1, 2, 3], b: 3 }, true],
    ['$.a == $.b', { a: 3, b: [1, 2, 3] }, true],
    ['$.a == $.b', { a: [1, 2], b: [2, 3] }, false],
    ['$.lines.sku == $.wanted', { lines: [{ sku: 'A' }, { sku: 'B' }], wanted: 'B' }, true],
    ['$.lines[*].sku == $.wanted', { lines: [{ sku: 'A' }, { sku: 'B' }], wanted: 'B' }, true],
    [
      'exists($.lines[*] ? (@.count > @.stock))',
      {
        lines: [
          { count: 1, stock: 2 },
          { count: 3, stock: 2 },
        ],
      },
      true,
    ],
    ['exists($.lines[*] ? (@.count > @.stock))', { lines: [{ count: 1, stock: 2 }, { count: 3 }] }, false],
    ['$.lines.size() == $.count', { lines: [{}, {}], count: 2 }, true],
    ['$.a.size() == $.b.size()', { a: [1, 2], b: [3, 4] }, true],
    ['$.total - $.paid > $.limit', { total: 9, paid: 1, limit: 7 }, true],
    ['$.limit < $.total - $.paid', { total: 9, paid: 1, limit: 7 }, true],
    ['$."a\\"b == $.q" == $.c || $.x == "$.x == $.y"', { x: '$.x == $.y' }, true],
    ['$.a[0].b == $.c[last]', { a: [{ b: 5 }, { b: 6 }], c: [4, 5] }, true],
    ['strict $.a.double() > $.b.double()', { a: '2', b: '1' }, true],
  ])('%s, of two places, on %j: %j', async (filter, payload, expected) => {
    const tenant = await givenTenant(database)
    await givenEventScript(database, tenant, { events: ['a.b'], filter })
    await database.owner.query(
      "insert into pgscript.events (tenant_key, type, payload) values ($1, 'a.b', $2)",
      [tenant.key, JSON.stringify(payload)],
    )
    expect(await deliveriesOf(database, tenant)).toHaveLength(expected ? 1 : 0)
  })

  // What PostgreSQL raises though it was told to be silent.
  test.each([
    ['$.at.datetime("YYYY-foo") == "x"', { at: '2020' }],
    ['exists($.at ? (@.datetime() < "12:00".datetime("HH24:MI")))', { at: '10:00:00+02' }],
    ['$.at.datetime() > "2020-01-01".datetime()', { at: '2020-01-01 00:00:01+00' }],
  ])("%s on %j never fails in the publisher's transaction", async (filter, payload) => {
    const tenant = await givenTenant(database)
    await givenEventScript(database, tenant, { events: ['a.b'], filter })
    await givenEventScript(database, tenant, { events: ['a.b'] })
    await insertEvent(database, tenant, 'a.b', payload)
    expect(await eventsOf(database, tenant)).toMatchObject([{ status: 'accepted' }])
    expect((await deliveriesOf(database, tenant)).length).toBeGreaterThanOrEqual(1)
  })

  test('nor does one that only newer versions know, which older ones refuse at save', async () => {
    const { rows } = await database.owner.query(
      "select current_setting('server_version_num')::int >= 170000 as knows",
    )
    for (const [filter, payload] of [
      ['$.a.decimal(2000) > 1', { a: 2 }],
      ['$.a.timestamp() > "2020-01-01".datetime()', { a: '5874897-12-31' }],
      ['$.a.date() == "2020-01-01".datetime()', { a: '2020-01-01 00:00:01+00' }],
    ] as const) {
      const tenant = await givenTenant(database)
      const saved = givenEventScript(database, tenant, { events: ['a.b'], filter })
      if (!rows[0].knows) {
        await expect(saved).rejects.toMatchObject({ constraint: 'invalid_event_filter' })
        continue
      }
      await saved
      await insertEvent(database, tenant, 'a.b', payload)
      expect(await eventsOf(database, tenant)).toMatchObject([{ status: 'accepted' }])
    }
  })
})
