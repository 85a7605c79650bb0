import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'

import { asOwner } from '../support/call.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { type ScriptCalls, scriptCalls } from '../support/script-calls.ts'
import { useDatabase } from '../support/use-database.ts'

describe('collections', () => {
  const database = useDatabase()
  const open = async (limits: Record<string, number> = {}) => {
    const tenant = await givenTenant(database)
    return { tenant, ...scriptCalls(database, tenant, { limits }) }
  }
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

  describe('documents', () => {
    test('get an id, or keep their own', async () => {
      const { call } = await open()
      const one = await call('collections.insert', 'orders', { total: 5 })
      expect(one).toEqual({ total: 5, id: expect.stringMatching(uuid) })
      const more = await call('collections.insert', 'orders', [
        { id: 'b', n: 1 },
        { n: 2 },
        { id: 'a', n: 3 },
      ])
      expect(more.map(({ n }: { n: number }) => n)).toEqual([1, 2, 3])
      expect(more[0]).toEqual({ id: 'b', n: 1 })
      expect(await call('collections.get', 'orders', 'b')).toEqual({ id: 'b', n: 1 })
      expect(await call('collections.get', 'orders', one.id)).toEqual(one)
      expect(await call('collections.get', 'orders', 'none')).toBeNull()
      expect(await call('collections.insert', 'orders', [])).toEqual([])
    })

    test('are inserted all or not at all', async () => {
      const { call } = await open()
      await call('collections.insert', 'orders', { id: 'a' })
      await expect(call('collections.insert', 'orders', [{ id: 'b' }, { id: 'a' }])).rejects.toMatchObject({
        code: 'document_exists',
      })
      await expect(call('collections.insert', 'orders', [{ id: 'c' }, { id: 'c' }])).rejects.toMatchObject({
        code: 'document_exists',
      })
      expect((await call('collections.find', 'orders')).items).toEqual([{ id: 'a' }])
    })

    test('change in the fields that are given, or as a whole', async () => {
      const { call } = await open()
      await call('collections.insert', 'orders', { id: 'a', x: 1, y: { z: 1 } })
      expect(await call('collections.update', 'orders', 'a', { x: 2, y: { w: 1 } })).toEqual({
        id: 'a',
        x: 2,
        y: { w: 1 },
      })
      expect(
        await call('collections.update', 'orders', 'a', { id: 'a', only: null }, { replace: true }),
      ).toEqual({
        id: 'a',
        only: null,
      })
      expect(await call('collections.get', 'orders', 'a')).toEqual({ id: 'a', only: null })
      expect(await call('collections.update', 'orders', 'none', { x: 1 })).toBeNull()
      expect(await call('collections.delete', 'orders', 'a')).toBe(true)
      expect(await call('collections.delete', 'orders', 'a')).toBe(false)
    })

    test('are of their tenant and collection', async () => {
      const ours = await open()
      const theirs = await open()
      await ours.call('collections.insert', 'orders', { id: 'a', x: 1 })
      for (const [calls, name] of [
        [theirs, 'orders'],
        [ours, 'others'],
      ] as const) {
        expect(await calls.call('collections.get', name, 'a')).toBeNull()
        expect(await calls.call('collections.update', name, 'a', { x: 2 })).toBeNull()
        expect(await calls.call('collections.delete', name, 'a')).toBe(false)
        expect(await calls.call('collections.find', name, { where: { x: 1 } })).toEqual({
          items: [],
          next: null,
        })
        await calls.call('collections.insert', name, { id: 'a', x: 'theirs' })
      }
      expect(await ours.call('collections.get', 'orders', 'a')).toEqual({ id: 'a', x: 1 })
    })

    test('may have fields of any name', async () => {
      const { call } = await open()
      const hostile = '{"__proto__":{"a":1},"constructor":2,"toString":3,"\\"; drop":4,"":5,"id":"a"}'
      const stored = await call('collections.insert', 'odd', JSON.parse(hostile))
      expect(JSON.parse(JSON.stringify(stored))).toEqual(JSON.parse(hostile))
      const found = await call('collections.find', 'odd', { where: JSON.parse('{"__proto__.a": 1}') })
      expect(found.items).toHaveLength(1)
      const none = await call('collections.find', 'odd', { where: JSON.parse('{"__proto__.a": 2}') })
      expect(none.items).toEqual([])
    })

    test('have a size', async () => {
      const { call } = await open({ value_bytes: 200 })
      await expect(call('collections.insert', 'c', { x: 'x'.repeat(200) })).rejects.toMatchObject({
        code: 'value_too_large',
      })
      await call('collections.insert', 'c', { id: 'a', x: 'x'.repeat(100) })
      await expect(call('collections.update', 'c', 'a', { y: 'y'.repeat(100) })).rejects.toMatchObject({
        code: 'value_too_large',
      })
      expect(await call('collections.get', 'c', 'a')).toEqual({ id: 'a', x: 'x'.repeat(100) })
    })

    test('count towards the stored bytes of the tenant', async () => {
      const { tenant, call } = await open()
      const bytes = async () =>
        Number(
          (
            await asOwner<{ b: string }>(database, 'select pgscript_engine.stored_bytes($1) as b', [
              tenant.id,
            ])
          )[0]?.b,
        )
      await asOwner(database, `select pgscript.upsert_tenant($1, quotas => '{"stored_bytes": 500}')`, [
        tenant.key,
      ])
      await call('collections.insert', 'c', [{ id: 'a', x: 'x'.repeat(100) }, { id: 'b' }])
      const before = await bytes()
      expect(before).toBeGreaterThan(100)
      await expect(call('collections.insert', 'c', { x: 'x'.repeat(400) })).rejects.toMatchObject({
        code: 'quota_exceeded',
      })
      await expect(call('collections.update', 'c', 'b', { x: 'x'.repeat(400) })).rejects.toMatchObject({
        code: 'quota_exceeded',
      })
      expect(await bytes()).toBe(before)
      for (const id of ['a', 'b']) await call('collections.delete', 'c', id)
      expect(await bytes()).toBe(0)
    })
  })

  test.each<[name: string, ...args: unknown[]]>([
    ['collections.find', ''],
    ['collections.find', '1c'],
    ['collections.find', 'a b'],
    ['collections.find', 'x'.repeat(101)],
    ['collections.find', 'c', { filter: {} }],
    ['collections.find', 'c', { where: [] }],
    ['collections.find', 'c', { where: 'x' }],
    ['collections.find', 'c', { where: { '': 1 } }],
    ['collections.find', 'c', { where: { 'a..b': 1 } }],
    ['collections.find', 'c', { where: { 'a.b.c.d.e.f.g.h.i.j.k': 1 } }],
    ['collections.find', 'c', { where: { a: { gt: true } } }],
    ['collections.find', 'c', { where: { a: { lte: null } } }],
    ['collections.find', 'c', { where: { a: { in: 1 } } }],
    ['collections.find', 'c', { where: { a: { in: Array(101).fill(1) } } }],
    ['collections.find', 'c', { where: { a: { exists: 1 } } }],
    ['collections.find', 'c', { where: { a: { gt: 1, other: 2 } } }],
    ['collections.find', 'c', { where: { a: 'x\0' } }],
    ['collections.find', 'c', { where: { 'a\0': 1 } }],
    ['collections.find', 'c', { where: { 'a\ud800': 1 } }],
    [
      'collections.find',
      'c',
      { where: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`f${n}`, 1])) },
    ],
    ['collections.find', 'c', { limit: 0 }],
    ['collections.find', 'c', { limit: 1001 }],
    ['collections.find', 'c', { orderBy: 5 }],
    ['collections.find', 'c', { orderBy: '' }],
    ['collections.find', 'c', { orderBy: { a: 'up' } }],
    ['collections.find', 'c', { orderBy: { a: 'asc', b: 'asc' } }],
    ['collections.find', 'c', { after: 'nonsense' }],
    ['collections.find', 'c', { after: 5 }],
    ['collections.find', 'c', { after: Buffer.from('["created_at","{}"]').toString('base64url'), limit: 5 }],
    [
      'collections.find',
      'c',
      { after: Buffer.from('["created_at","{\\"at\\":\\"x\\"}"]').toString('base64url') },
    ],
    ['collections.find', 'c', { after: Buffer.from('["created_at","no json"]').toString('base64url') }],
    ['collections.get', 'c'],
    ['collections.get', 'c', 5],
    ['collections.get', 'c', 'a\0'],
    ['collections.insert', 'c'],
    ['collections.insert', 'c', 5],
    ['collections.insert', 'c', [[]]],
    ['collections.insert', 'c', [{}, null]],
    ['collections.insert', 'c', { id: 5 }],
    ['collections.insert', 'c', { id: '' }],
    ['collections.insert', 'c', { x: '\0' }],
    ['collections.insert', 'c', { x: '\ud800' }],
    ['collections.insert', 'c', { x: JSON.parse('['.repeat(100) + ']'.repeat(100)) }],
    ['collections.insert', 'c', Array.from({ length: 101 }, () => ({}))],
    ['collections.update', 'c', 'a'],
    ['collections.update', 'c', 'a', []],
    ['collections.update', 'c', 'a', { id: 'b' }],
    ['collections.update', 'c', 'a', {}, { replace: 1 }],
    ['collections.delete', 'c', null],
  ])('refuses %s%j', async (name, ...args) => {
    const { call } = await open()
    await call('collections.insert', 'c', [{ id: 'z1' }, { id: 'z2' }])
    await expect(call(name, ...args)).rejects.toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringMatching(new RegExp(`^${name}: `)),
    })
  })

  describe('find', () => {
    type Doc = Record<string, unknown> & { id: string }
    const scalar = fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      1,
      -1,
      2.5,
      10,
      '',
      'a',
      'b',
      'B',
      'ä',
      '10',
      '🔑',
      'z',
    )
    const value = fc.oneof(
      { weight: 5, arbitrary: scalar },
      { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
      { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('b', 'c'), scalar, { maxKeys: 2 }) },
    )
    const field = fc.constantFrom('a', 'b', 'a.b', 'a.c', 'c.b', '0', 'b.0', '__proto__')
    const body = fc.dictionary(fc.constantFrom('a', 'b', 'c', '0', '__proto__'), value, { maxKeys: 4 })
    const operator = fc.oneof(
      fc.record({ eq: value }),
      fc.record({ ne: value }),
      fc.record({ in: fc.array(value, { maxLength: 3 }) }),
      fc.record({ exists: fc.boolean() }),
      fc
        .tuple(
          fc.constantFrom('gt', 'gte', 'lt', 'lte'),
          fc.constantFrom<unknown>(0, 1, 2.5, '', 'a', 'ä', 'b'),
        )
        .map(([op, operand]) => ({ [op]: operand })),
    )
    const where = fc.dictionary(field, fc.oneof(value, operator), { maxKeys: 3 })
    const order = fc.constantFrom<string | undefined>(
      undefined,
      'a',
      '-a',
      'b',
      '-a.b',
      'created_at',
      '-created_at',
    )

    let calls: ScriptCalls
    let tenant: GivenTenant
    const docs: Doc[] = []

    beforeAll(async () => {
      tenant = await givenTenant(database)
      calls = scriptCalls(database, tenant)
      const bodies = fc.sample(body, { numRuns: 150, seed: 7 })
      for (let at = 0; at < bodies.length; at += 100)
        docs.push(...(await calls.call('collections.insert', 'docs', bodies.slice(at, at + 100))))
    })

    const pagesOf = async (options: object, limit: number) => {
      const found: Doc[] = []
      let after: string | null = null
      do {
        const page: { items: Doc[]; next: string | null } = await calls.call('collections.find', 'docs', {
          ...options,
          limit,
          after,
        })
        expect(page.items.length).toBeLessThanOrEqual(limit)
        if (page.next !== null) expect(page.items.length).toBe(limit)
        found.push(...page.items)
        after = page.next
      } while (after !== null)
      return found
    }

    test('finds what the same conditions find in JavaScript, in their order, page by page', async () => {
      await fc.assert(
        fc.asyncProperty(
          where,
          order,
          fc.integer({ min: 7, max: 160 }),
          async (conditions, orderBy, limit) => {
            const found = await pagesOf({ where: conditions, orderBy }, limit)
            const wanted = docs.filter((doc) => matches(doc, conditions))
            expect(found.map(({ id }) => id)).toEqual(ordered(wanted, docs, orderBy).map(({ id }) => id))
          },
        ),
        { numRuns: 60 },
      )
    })

    test('keeps its place while documents come and go', async () => {
      const first = await calls.call('collections.find', 'moving', {})
      expect(first).toEqual({ items: [], next: null })
      await calls.call(
        'collections.insert',
        'moving',
        [1, 2, 3, 4, 5].map((n) => ({ id: `d${n}`, n: n * 10 })),
      )
      const page = await calls.call('collections.find', 'moving', { orderBy: 'n', limit: 2 })
      await calls.call('collections.delete', 'moving', 'd2')
      await calls.call('collections.insert', 'moving', [
        { id: 'early', n: 5 },
        { id: 'late', n: 25 },
      ])
      const rest = await calls.call('collections.find', 'moving', {
        orderBy: 'n',
        limit: 10,
        after: page.next,
      })
      expect(rest.items.map(({ id }: Doc) => id)).toEqual(['late', 'd3', 'd4', 'd5'])
    })

    test('refuses a place of another order', async () => {
      const { next } = await calls.call('collections.find', 'docs', { orderBy: 'a', limit: 1 })
      await expect(
        calls.call('collections.find', 'docs', { orderBy: 'b', after: next }),
      ).rejects.toMatchObject({
        code: 'invalid_arguments',
      })
    })

    test('ends a page where its documents become too many bytes', async () => {
      await calls.call(
        'collections.insert',
        'large',
        Array.from({ length: 12 }, (_, n) => ({ n, x: 'x'.repeat(200_000) })).slice(0, 100),
      )
      await calls.call(
        'collections.insert',
        'large',
        Array.from({ length: 12 }, (_, n) => ({ n: n + 12, x: 'x'.repeat(200_000) })),
      )
      const page = await calls.call('collections.find', 'large', { orderBy: 'n' })
      expect(page.items).toHaveLength(20)
      const rest = await calls.call('collections.find', 'large', { orderBy: 'n', after: page.next })
      expect(rest.items.map(({ n }: { n: number }) => n)).toEqual([20, 21, 22, 23])
      expect(rest.next).toBeNull()
    })

    test('looks equality up in an index in which tenants do not meet', async () => {
      const other = scriptCalls(database, await givenTenant(database))
      for (const [{ call }, status] of [
        [calls, 'rare'],
        [other, 'common'],
      ] as const)
        await call(
          'collections.insert',
          'indexed',
          Array.from({ length: 100 }, (_, n) => ({ status, n })),
        )
      const client = await database.owner.connect()
      try {
        const { rows } = await client
          .query<{ 'QUERY PLAN': string }>(
            `begin;
           set local enable_seqscan = off; set local enable_indexscan = off`,
          )
          .then(() =>
            client.query(
              `explain (analyze, costs off, timing off)
             select from pgscript_engine.documents as document
             where jsonb_set('{}', array[document.tenant_id::text || '/' || document.collection], document.body)
               @> jsonb_set('{}', array[$1::text || '/' || 'indexed'], '{"status": "common"}')`,
              [tenant.id],
            ),
          )
        const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
        expect(plan).toContain('documents_by_content')
        // Not one entry of the other tenant is looked at.
        expect(plan).toMatch(/Bitmap Index Scan on documents_by_content \(actual rows=0/)
      } finally {
        await client.query('rollback')
        client.release()
      }
    })
  })
})

/** The reference: what src/bindings/collections-where.ts and find_documents together must do. */
function matches(doc: Record<string, unknown>, where: Record<string, unknown>): boolean {
  const operators = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'exists']
  return Object.entries(where).every(([path, wanted]) => {
    const value = at(doc, path.split('.'))
    const isOperators = isObject(wanted) && Object.keys(wanted).some((name) => operators.includes(name))
    if (!isOperators) return value !== undefined && contains(value, wanted)
    return Object.entries(wanted as object).every(([op, operand]) => {
      if (op === 'exists') return (value !== undefined) === operand
      if (op === 'eq') return value !== undefined && contains(value, operand)
      if (op === 'ne') return value === undefined || !contains(value, operand)
      if (op === 'in') return value !== undefined && operand.some((one: unknown) => contains(value, one))
      if (typeof value !== typeof operand) return false
      const compared = compare(value as string, operand as string)
      return { gt: compared > 0, gte: compared >= 0, lt: compared < 0, lte: compared <= 0 }[op as 'gt']
    })
  })
}

function at(value: unknown, path: string[]): unknown {
  return path.reduce<unknown>(
    (here, step) => (isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined),
    value,
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** As jsonb's @> below the top. */
function contains(value: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return Array.isArray(value) && wanted.every((one) => value.some((element) => contains(element, one)))
  if (isObject(wanted))
    return (
      isObject(value) &&
      Object.entries(wanted).every(([key, one]) => Object.hasOwn(value, key) && contains(value[key], one))
    )
  return value === wanted
}

/** Numbers by size, texts by code points. */
function compare(a: string | number, b: string | number): number {
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(String(b)))
  return a - Number(b)
}

function ordered<Doc extends { id: string }>(found: Doc[], all: Doc[], orderBy = 'created_at'): Doc[] {
  const name = orderBy.replace(/^-/, '')
  const sign = orderBy.startsWith('-') ? -1 : 1
  const byAge = (a: Doc, b: Doc) => all.indexOf(a) - all.indexOf(b)
  if (name === 'created_at') return found.toSorted((a, b) => sign * byAge(a, b))
  const rank = (value: unknown) =>
    value === undefined
      ? 6
      : value === null
        ? 0
        : Array.isArray(value)
          ? 4
          : ['boolean', 'number', 'string', 'object'].indexOf(typeof value) +
            1 +
            (typeof value === 'object' ? 1 : 0)
  // PostgreSQL writes arrays and objects its own way, objects' keys by length first.
  const text = (value: unknown): string =>
    Array.isArray(value)
      ? `[${value.map(text).join(', ')}]`
      : isObject(value)
        ? `{${Object.keys(value)
            .sort()
            .map((key) => `"${key}": ${text(value[key])}`)
            .join(', ')}}`
        : JSON.stringify(value)
  return found.toSorted((a, b) => {
    const [x, y] = [a, b].map((doc) => at(doc, name.split('.')))
    const ranks = rank(x) - rank(y)
    const values =
      ranks !== 0 || x === undefined || x === null
        ? 0
        : typeof x === 'object'
          ? compare(text(x), text(y))
          : typeof x === 'string'
            ? compare(x, String(y))
            : Number(x) - Number(y)
    return sign * (ranks || values || Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)))
  })
}
