import { describe, expect, test } from 'vitest'

import { useSandbox } from '../jobs.ts'
import { hostError, runScript } from './run-script.ts'

describe('db', () => {
  const sandbox = useSandbox({ hosts: 1 })
  const run = (body: string, answers = {}) => runScript(sandbox.it, `const { db } = sdk\n${body}`, answers)

  test('sends statements with their parameters', async () => {
    const { made, value } = await run(
      `return [await db.query('select $1', [1]), await db.queryOne('select 2'), await db.execute('delete from t where d < $1', [new Date(0)])]`,
      { 'db.query': [{ a: 1 }], 'db.queryOne': null, 'db.execute': { rowCount: 3 } },
    )
    expect(made).toEqual([
      ['db.query', 'select $1', [1]],
      ['db.queryOne', 'select 2', []],
      ['db.execute', 'delete from t where d < $1', ['1970-01-01T00:00:00.000Z']],
    ])
    expect(value).toEqual([[{ a: 1 }], null, { rowCount: 3 }])
  })

  test('commits a transaction when its function returns', async () => {
    const { made, value } = await run(
      `return await db.transaction(async (tx) => { await tx.execute('a', [1]); return (await tx.from('t').select('id'))[0].id }, { isolation: 'serializable' })`,
      { 'db.begin': 'tx-1', 'db.query': [{ id: 7 }] },
    )
    expect(made).toEqual([
      ['db.begin', { isolation: 'serializable' }],
      ['db.execute', 'a', [1], { transaction: 'tx-1' }],
      ['db.query', 'select "id" from "t"', [], { transaction: 'tx-1' }],
      ['db.commit', 'tx-1'],
    ])
    expect(value).toBe(7)
  })

  test('rolls it back when its function throws, and keeps the error', async () => {
    const { made, result } = await run(
      `await db.transaction(async (tx) => { throw new RangeError('mine') })`,
      { 'db.begin': 'tx-1', 'db.rollback': hostError('db_error', 'gone') },
    )
    expect(made.map(([name]) => name)).toEqual(['db.begin', 'db.rollback'])
    expect(result.error).toMatchObject({ type: 'RangeError', message: 'mine', line: 3 })
  })

  test('nests no transaction, and lets none be used after its end', async () => {
    const { value, made } = await run(
      `let kept; const seen = []
      await db.transaction(async (tx) => {
        kept = tx
        seen.push(await db.transaction(() => 1).catch((e) => e.code), await tx.transaction(() => 1).catch((e) => e.code))
      })
      seen.push(await kept.query('x').catch((e) => e.code))
      await db.transaction(() => seen.push('again'))
      return seen`,
      { 'db.begin': 'tx' },
    )
    expect(value).toEqual(['transaction_open', 'transaction_open', 'transaction_ended', 'again'])
    expect(made.map(([name]) => name)).toEqual(['db.begin', 'db.commit', 'db.begin', 'db.commit'])
  })

  test('builds statements, each step a builder of its own', async () => {
    const { made, value } = await run(
      `const orders = db.from('shop.orders').where({ state: 'open' })
      await orders.select('id', 'total').where({ total: { gt: 5, lte: 9 }, note: null, kind: { in: ['a', 'b'] } }).orderBy('total', 'desc').orderBy('id').limit(3).offset(6)
      const all = await orders.all()
      const first = await orders.first()
      const count = await orders.count()
      await db.from('t').insert([{ a: 1 }, { b: undefined, c: [2] }]).returning('id')
      await db.from('t').insert({ a: 1 })
      await db.from('t').update({ a: 2, skip: undefined }).where({ id: { ne: null } })
      await db.from('t').delete().all()
      return [all, first, count, db.from('t').toSQL()]`,
      { 'db.query': [{ a: 1 }], 'db.queryOne': { count: '12' }, 'db.execute': { rowCount: 1 } },
    )
    expect(made).toEqual([
      [
        'db.query',
        'select "id", "total" from "shop"."orders" where "state" = $1 and "total" > $2 and "total" <= $3' +
          ' and "note" is null and "kind" in ($4, $5) order by "total" desc, "id" asc limit $6 offset $7',
        ['open', 5, 9, 'a', 'b', 3, 6],
      ],
      ['db.query', 'select * from "shop"."orders" where "state" = $1', ['open']],
      ['db.queryOne', 'select * from "shop"."orders" where "state" = $1 limit $2', ['open', 1]],
      ['db.queryOne', 'select count(*) as "count" from "shop"."orders" where "state" = $1', ['open']],
      ['db.query', 'insert into "t" ("a", "c") values ($1, default), (default, $2) returning "id"', [1, [2]]],
      ['db.execute', 'insert into "t" ("a") values ($1)', [1]],
      ['db.execute', 'update "t" set "a" = $1 where "id" is not null', [2]],
      ['db.execute', 'delete from "t"', []],
    ])
    expect(value).toEqual([[{ a: 1 }], { count: '12' }, 12, { text: 'select * from "t"', params: [] }])
  })

  test.for([
    [`db.from('t').update({ a: 1 })`, 'there is no where()'],
    [`db.from('t').delete().where({})`, 'there is no where()'],
    [`db.from('t').where({ a: undefined })`, 'a is undefined'],
    [`db.from('t').where({ a: { near: 1 } })`, 'is no operator'],
    [`db.from('t').where({ a: {} })`, 'has no operator'],
    [`db.from('t').orderBy('a', 'desc; drop')`, 'the direction is'],
    [`db.from('t').limit('1')`, 'a whole number'],
    [`db.from('a.b.c')`, 'more than a schema'],
    [`db.from('x'.repeat(64))`, 'longer than 63 bytes'],
    [`db.from('t').insert([])`, 'no row'],
  ])('refuses %s', async ([statement = '', reason = '']) => {
    const { result, made } = await run(`await ${statement}`)
    expect(made).toEqual([])
    expect(result.error).toMatchObject({ code: 'invalid_query', line: 3 })
    expect(result.error?.message).toContain(reason)
  })
})
