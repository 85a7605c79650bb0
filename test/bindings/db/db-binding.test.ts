import { beforeAll, describe, expect, test } from 'vitest'

import { useDatabase } from '../../support/use-database.ts'
import { type GivenShop, givenShop } from './given-shop.ts'
import { useScripts } from './use-scripts.ts'

describe("a script's own SQL", () => {
  const database = useDatabase()
  const scripts = useScripts(database, 4)
  let shop: GivenShop
  beforeAll(async () => {
    shop = await givenShop(database)
  })
  const ours = () => scripts.run(shop.ours)

  test("reads the tenant's own rows of a shared table", async () => {
    const rows = await ours().query('select title, amount from orders where amount > $1 order by id', [1])
    expect(rows).toEqual([
      { title: 'ours2', amount: 2 },
      { title: 'ours3', amount: 3 },
    ])
    expect(await ours().query('select name from countries order by 1')).toEqual([
      { name: 'Germany' },
      { name: 'Uzbekistan' },
    ])
  })

  test('gives the first row, or null', async () => {
    expect(await ours().call('db.queryOne', 'select count(*) as n from orders')).toEqual({ n: 3 })
    expect(await ours().call('db.queryOne', 'select from orders where false')).toBeNull()
  })

  test('writes rows, which get the tenant and the defaults of the table', async () => {
    const run = ours()
    const [row] = await run.query(
      'insert into orders (title, amount) values ($1, $2) returning tenant, id, status, title',
      ['written', 5],
    )
    expect(row).toMatchObject({
      tenant: shop.ours.key,
      status: 'new',
      title: 'written',
      id: expect.any(Number),
    })
    expect(await run.execute('update orders set amount = amount + 1 where title = $1', ['written'])).toEqual({
      rowCount: 1,
    })
    expect(
      await run.query(
        `insert into orders (title, amount) values ($1, 0) on conflict (tenant, title)
         do update set amount = orders.amount + 10 returning amount`,
        ['written'],
      ),
    ).toEqual([{ amount: 16 }])
    expect(await run.execute('delete from orders where title = $1', ['written'])).toEqual({ rowCount: 1 })
  })

  test('merges into a shared table, from PostgreSQL 17 on', async () => {
    const { rows } = await database.owner.query("select current_setting('server_version_num')::int as number")
    const merge = `merge into orders using (values ('merged', 1), ('ours1', 100)) as given (title, amount)
      on orders.title = given.title when matched then update set amount = given.amount
      when not matched then insert (title, amount) values (given.title, given.amount)`
    const outcome = await ours()
      .execute(merge)
      .catch((error) => error.code)
    expect(outcome).toEqual(rows[0].number >= 170_000 ? { rowCount: 2 } : 'sql_error')
    await ours().execute("delete from orders where title = 'merged'")
  })

  test('gives values as JSON has them', async () => {
    const [row] = await ours().query(
      `select true as yes, 1::int2 as small, 9007199254740991 as whole, 9007199254740993 as big, 1.10::numeric as exact,
         0.5::float8 as half, 'NaN'::float8 as nan, null::text as nothing, 'x'::text as word,
         timestamptz '2026-03-01 12:30:00.25+05' as moment, timestamp '2026-03-01 12:30' as wall,
         date '2026-03-01' as day, time '12:30' as hour, interval '1 day 02:00' as span,
         '\\x00ff'::bytea as bytes, '{"a": [1, null]}'::jsonb as document, array[1, 2] as numbers,
         array['a,b', null, '"'] as words, array[['1'], ['2']]::int8[] as nested,
         '01890000-0000-7000-8000-000000000000'::uuid as id, 'infinity'::timestamptz as forever`,
    )
    expect(row).toEqual({
      yes: true,
      small: 1,
      whole: 9007199254740991,
      big: '9007199254740993',
      exact: '1.10',
      half: 0.5,
      nan: 'NaN',
      nothing: null,
      word: 'x',
      moment: '2026-03-01T07:30:00.25Z',
      wall: '2026-03-01T12:30:00',
      day: '2026-03-01',
      hour: '12:30:00',
      span: 'P1DT2H',
      bytes: 'AP8=',
      document: { a: [1, null] },
      numbers: [1, 2],
      words: ['a,b', null, '"'],
      nested: [[1], [2]],
      id: '01890000-0000-7000-8000-000000000000',
      forever: 'infinity',
    })
  })

  test('takes values as JSON has them', async () => {
    const given = [
      null,
      'o\'x"',
      1.5,
      true,
      ['a,b', null, 'c"d\\'],
      { a: [1] },
      '2026-01-01T00:00:00Z',
      [
        [1, 2],
        [3, 4],
      ],
    ]
    const [row] = await ours().query(
      `select $1::text as a, $2::text as b, $3::float8 as c, $4::bool as d, $5::text[] as e, $6::jsonb as f,
         $7::timestamptz as g, $8::int[] as h`,
      given,
    )
    expect(Object.values(row ?? {})).toEqual(given)
  })

  test('takes a list as what the statement makes of it: JSON or an array', async () => {
    const [row] = await ours().query(
      `select $1::jsonb as empty, $2::json as list, $3::int[] as numbers, $4::text[] as none, array[$5::jsonb] as inner`,
      [[], ['a', { b: [null] }], [1, 2], [], [1]],
    )
    expect(row).toEqual({ empty: [], list: ['a', { b: [null] }], numbers: [1, 2], none: [], inner: [[1]] })
  })

  test.each([
    ['select id from orders where id in ($1)', [[1, 2]]],
    ['select id from orders where title in ($1)', [['a']]],
    ['select $1::text', [[]]],
  ])('refuses a list where there is one value: %s', async (sql, params) => {
    const run = ours()
    await expect(run.query(sql, params)).rejects.toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringMatching(/params\[0\]: is a list .*"= any\(\$1\)".*JSON\.stringify/),
    })
    // The connection is as good as before, and so is a transaction up to there.
    expect(await run.query('select 1 as one')).toEqual([{ one: 1 }])
  })

  test('tells of a wrong statement with a list as of any other', async () => {
    const run = ours()
    await expect(run.query('select nowhere from orders where id = any($1)', [[1]])).rejects.toMatchObject({
      code: 'sql_error',
    })
    expect(await run.query('select $1::int[] as list', [[7]])).toEqual([{ list: [7] }])
  })

  test.each([
    ['select $1', [undefined, 'x'], 'invalid_arguments'],
    ['select $1::text', ['a\0b'], 'invalid_arguments'],
    ['select 1', 'x', 'invalid_arguments'],
    ['select 1', Array(1001).fill(1), 'invalid_arguments'],
    [17, [], 'invalid_arguments'],
    ['select 1', [1], 'invalid_arguments'],
  ])('refuses %j with unusable parameters', async (sql, params, code) => {
    await expect(ours().call('db.query', sql, params)).rejects.toMatchObject({ code })
  })

  test.each([
    ['select titel from orders', 'sql_error', /column "titel" does not exist \(character 8\)/],
    ['select from from', 'sql_syntax_error', /syntax error at or near "from" \(character 13\)/],
    ["insert into orders (title) values ('ours1')", 'unique_violation', /^sql: There is a row with this key/],
    ["insert into orders (title) values ('forbidden')", 'check_violation', /outside/],
    ['insert into orders (title) values (null)', 'not_null_violation', /column/],
    ['select $$no number$$::int', 'sql_error', /type integer: "no number"/],
    ['select title::int from orders', 'sql_error', /type integer: "…"/],
    ['select 1 / 0', 'sql_error', /division by zero/],
    ['select * from salaries', 'sql_not_allowed', /no shared table/],
    ['update prices set price = 1', 'sql_not_allowed', /may not do this/],
    ["update orders set tenant = 'x'", 'sql_not_allowed', /may not do this/],
    ['select * from generate_series(1, 1001)', 'sql_too_many_rows', /More than 1000 rows/],
    [
      "insert into orders (title) select 'many' || n from generate_series(1, 1001) as n returning id",
      'sql_too_many_rows',
      /1000/,
    ],
    ["select repeat('x', 10000) from generate_series(1, 900)", 'sql_result_too_large', /4 MB/],
    [
      "select string_agg(repeat('x', 10000), '') from generate_series(1, 3000)",
      'sql_result_too_large',
      /4 MB/,
    ],
  ])('tells what is wrong with: %s', async (sql, code, message) => {
    await expect(ours().query(sql)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    expect(await ours().query("select from orders where title like 'many%'")).toEqual([])
  })

  test('gives a thousand rows', async () => {
    expect(await ours().query('select n from generate_series(1, 1000) as n')).toHaveLength(1000)
  })

  test("stops a statement at the end of the run's time, on the server too", async () => {
    const run = scripts.run(shop.ours, { deadline: performance.now() + 300 })
    await expect(run.query(endless)).rejects.toMatchObject({ code: 'sql_timeout' })
    await nothingRuns()
  })

  test('stops a statement when the run ends', async () => {
    const run = ours()
    const asked = run.query(endless)
    asked.catch(() => undefined)
    await expect.poll(running, { timeout: 10_000 }).toBe(1)
    await run.end()
    await expect(asked).rejects.toMatchObject({ code: 'execution_ended' })
    await nothingRuns()
  })

  const endless = 'with recursive r as (select 1 as n union all select n + 1 from r) select count(*) from r'
  const running = async () => {
    const { rowCount } = await database.owner.query(
      "select from pg_stat_activity where datname = current_database() and usename = $1 and state = 'active'",
      [database.node.roles.script],
    )
    return rowCount
  }
  const nothingRuns = async () => await expect.poll(running, { timeout: 10_000 }).toBe(0)
})
