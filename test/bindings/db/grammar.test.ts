import { afterAll, describe, expect, test } from 'vitest'

import { CallError } from '../../../src/bindings/binding.ts'
import { allowedFunctions, allowedTypes } from '../../../src/bindings/db/functions.ts'
import { createGrammar } from '../../../src/bindings/db/grammar.ts'
import { maxSqlCharacters } from '../../../src/bindings/db/limits.ts'
import { useDatabase } from '../../support/use-database.ts'

describe("the grammar of scripts' SQL", () => {
  const grammar = createGrammar()
  afterAll(async () => await grammar.close())
  const codeOf = async (sql: string) =>
    await grammar.check(sql).then(
      ({ writes }) => (writes ? 'writes' : 'reads'),
      (error: CallError) => error.code,
    )

  test.each([
    [
      'select a, b.c, pgscript_shared.b.d, * from b where a = $1 and b.c in (1, 2) order by a desc nulls last limit 5 offset 1',
    ],
    ['select b.* from pgscript_shared.b as b'],
    ['values (1, $1), (2, default)'],
    ['table orders'],
    ['with recursive t (n) as (values (1) union all select n + 1 from t where n < 5) select sum(n) from t'],
    [
      'select count(*) filter (where a > 1), row_number() over (partition by b order by c rows between 1 preceding and current row) from t window w as (order by a)',
    ],
    [
      "select case a when 1 then 'x' else 'y' end, coalesce(a, b), nullif(a, b), greatest(a, b), a between 1 and 2, a like 'x%', a is distinct from b",
    ],
    [
      'select (array[1, 2])[1], (array_agg(a order by b))[1:2], array(select 1), exists (select 1), a = any ($1::int[]), row(1, 2) = (1, 2) from t',
    ],
    [
      "select extract(year from at), date_trunc('day', at at time zone 'UTC'), at + interval '1 day', date '2026-01-01', now(), current_date, current_timestamp(3) from t",
    ],
    [
      "select details ->> 'a', details @> $1::jsonb, jsonb_path_query(details, '$.a') from t, jsonb_each(details) as e (key, value)",
    ],
    [
      'select e.key, e.value, u.n, generate_series.generate_series from jsonb_each($1) as e, unnest($2::int[]) with ordinality as u (n, place), generate_series(1, 3)',
    ],
    ['select x.a from json_to_recordset($1) as x (a int, b text)'],
    [
      'select a.b from a left join lateral (select * from c where c.id = a.id) as d on true group by rollup (a.b), a.c having count(*) > 1',
    ],
    ['select a from t union all (select b from u except select c from v) intersect select 1'],
    [
      "select lower(trim(both ' ' from a)) || repeat('-', 10), lpad(b::text, 8, '0'), position('x' in a), substring(a from 2 for 3) collate \"C\" from t",
    ],
    ["select to_tsvector('english', a) @@ websearch_to_tsquery('simple', $1) from t"],
  ])('reads: %s', async (sql) => {
    expect(await codeOf(sql)).toBe('reads')
  })

  test.each([
    ["insert into t (a, b) values (1, default), ($1, 'x') returning *"],
    [
      'insert into t (a) select b from u on conflict (a) where a > 0 do update set b = excluded.b where t.b < 5 returning id as x',
    ],
    ['insert into t default values'],
    [
      'update t set a = u.a, (b, c) = (select 1, 2), d[1] = 3 from u where t.id = u.id returning old.a, new.a',
    ],
    ['delete from t using u where t.id = u.id'],
    [
      'merge into t using u on t.id = u.id when matched and u.a then update set b = 1 when not matched then insert (a) values (u.a) when not matched by source then delete returning merge_action()',
    ],
    ['with gone as (delete from t returning *) select count(*) from gone'],
    ['select * from t where id = 1 for update of t skip locked'],
  ])('writes: %s', async (sql) => {
    expect(await codeOf(sql)).toBe('writes')
  })

  const deep = (n: number, open: string, close: string) => `select ${open.repeat(n)}1${close.repeat(n)}`
  test.each([
    ['parentheses', deep(30_000, '(', ')')],
    ['sums', `select 1${'+1'.repeat(32_000)}`],
    ['subqueries', deep(5_000, '(select ', ')')],
    ['arrays', `select array${'['.repeat(30_000)}1${']'.repeat(30_000)}`],
    ['unions', `select 1${' union select 1'.repeat(4_000)}`],
    ['nots', `select ${'not '.repeat(16_000)}true`],
    ['nested comments', `${'/*'.repeat(16_000)}${'*/'.repeat(16_000)} select 1`],
    ['a megabyte of commas', `select ${'1,'.repeat(500_000)}1`],
    ['a megabyte of text', `select '${'x'.repeat(1_000_000)}'`],
    ['NUL characters', 'select 1\0; drop table orders'],
    ['half characters', "select '\ud800'"],
    ['numbers beyond every range', 'select $99999999999'],
    ['an unfinished text', "select 'a"],
  ])('outlives %s, and reads what comes next', async (_, sql) => {
    const codes = ['sql_too_complex', 'sql_syntax_error', 'reads']
    expect(codes).toContain(await codeOf(sql))
    expect(await codeOf(`select '${_}'`)).toBe('reads')
  })

  test('takes a statement of the greatest length', async () => {
    const sql = `select '${'x'.repeat(maxSqlCharacters - 9)}'`
    expect(sql.length).toBe(maxSqlCharacters)
    expect(await codeOf(sql)).toBe('reads')
    expect(await codeOf(`${sql} `)).toBe('sql_too_complex')
  })

  test('needs no more memory for the thousandth text than for the first', async () => {
    for (let n = 0; n < 200; n += 1) await codeOf(`select ${n}, '${'x'.repeat(10_000)}'`)
    const before = process.memoryUsage().rss
    for (let n = 0; n < 2_000; n += 1) await codeOf(`select ${n}, a from t where b = 'y' and c in (1, 2, 3)`)
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 2 ** 20)
  }, 60_000)

  test('answers nobody after it was closed', async () => {
    const closed = createGrammar()
    await closed.check('select 1')
    await closed.close()
    await expect(closed.check('select 2')).rejects.toBeInstanceOf(CallError)
  })
})

/** The lists against the server's own catalog. */
describe('what scripts may call', () => {
  const database = useDatabase()

  test('writes nothing, waits for nothing, and takes no object of the catalog', async () => {
    const { rows } = await database.owner.query(
      `select routine.oid::regprocedure::text as name
       from pg_proc as routine
       where pronamespace = 'pg_catalog'::regnamespace and proname = any ($1)
         and (
           provolatile = 'v' and proname not in (
             'random', 'random_normal', 'clock_timestamp', 'timeofday', 'gen_random_uuid', 'uuidv4', 'uuidv7',
             'array_shuffle', 'array_sample'
           )
           or proargtypes::oid[] && array['oid', 'regclass', 'regproc', 'regprocedure', 'regrole', 'regtype', 'refcursor', 'cstring', 'xml']::regtype[]::oid[]
           or prorettype in ('xml'::regtype, 'regclass'::regtype)
         )`,
      [[...allowedFunctions]],
    )
    // Of values that are oids already, which scripts have none of.
    expect(rows.map(({ name }) => name)).toEqual(['max(oid)', 'min(oid)'])
  })

  test('is there, in this or a later PostgreSQL', async () => {
    const { rows: version } = await database.owner.query(
      "select current_setting('server_version_num')::int as number",
    )
    if (version[0].number < 180_000) return
    const { rows } = await database.owner.query(
      "select name from unnest($1::text[]) as name where name not in (select proname from pg_proc where pronamespace = 'pg_catalog'::regnamespace)",
      [[...allowedFunctions]],
    )
    expect(rows).toEqual([])
    const { rows: types } = await database.owner.query(
      'select name from unnest($1::text[]) as name where to_regtype(name) is null',
      [[...allowedTypes]],
    )
    expect(types).toEqual([])
  })
})
