import fc from 'fast-check'
import { parse } from 'libpg-query'
import { beforeAll, describe, expect, test } from 'vitest'

import { createSql, type Statement } from '../../../src/sandbox/guest/api/sql.ts'

const sql = createSql()

/** Names that try to end their quotes, and ordinary ones; short enough to be names. */
const name = fc
  .oneof(
    fc.constantFrom('a', 'order', '"', '""', '";', '$1', "'", '--', '/*', 'a"."b', '\\', 'é', '😀', 'x y'),
    fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
  )
  .filter((text) => !text.includes('\0') && Buffer.byteLength(text) <= 60 && text.isWellFormed())
const column = name.filter((text) => text !== '__proto__')
const table = name.filter((text) => !text.includes('.'))
const value = fc.oneof(fc.string(), fc.integer(), fc.constantFrom("'; drop table x; --", '$2', true))
const operator = fc.constantFrom('eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'like', 'ilike')
const condition = fc.oneof(
  value,
  fc.constant(null),
  fc.tuple(operator, value).map(([key, operand]) => ({ [key]: operand })),
  fc.array(value, { maxLength: 4 }).map((items) => ({ in: items })),
  fc.boolean().map((isNull) => ({ isNull })),
)
const where = fc.array(
  fc
    .array(fc.tuple(column, condition), { minLength: 1, maxLength: 3 })
    .map((pairs) => Object.fromEntries(pairs)),
  { minLength: 1, maxLength: 2 },
)

interface Tree {
  version: number
  stmts: { stmt: Record<string, Record<string, unknown>> }[]
}

/** PostgreSQL's own view of it: one statement, of one kind, on one table. */
async function treeOf({ text }: Statement) {
  const { stmts } = (await parse(text)) as unknown as Tree
  expect(stmts).toHaveLength(1)
  const [[kind = '', body = {}] = []] = Object.entries(stmts[0]?.stmt ?? {})
  return { kind, body, text: JSON.stringify(body) }
}

const count = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length

describe('statements of the query builder', () => {
  beforeAll(async () => {
    await parse('select 1')
  })

  test('are selections of what was named, whatever the names and values', async () => {
    const orders = fc.array(fc.tuple(column, fc.constantFrom('asc', 'desc')), { maxLength: 2 })
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.array(column, { maxLength: 3 }),
        where,
        orders,
        async (from, columns, conditions, by) => {
          const order = by.map(([key, direction]) => ({ column: key, direction }))
          const statement = sql.select({ table: from, columns, where: conditions, order, limit: 5 })
          const { kind, body, text } = await treeOf(statement)
          expect(kind).toBe('SelectStmt')
          expect(body.fromClause).toMatchObject([{ RangeVar: { relname: from } }])
          const named = (
            body.targetList as { ResTarget: { val: { ColumnRef: { fields: unknown[] } } } }[]
          ).map(({ ResTarget }) => ResTarget.val.ColumnRef.fields)
          expect(named).toEqual(
            columns.length === 0 ? [[{ A_Star: {} }]] : columns.map((key) => [{ String: { sval: key } }]),
          )
          expect(count(text, /"ParamRef"/g)).toBe(statement.params.length)
          // No constant but the empty list's: values are parameters.
          expect(count(text, /"A_Const"/g)).toBe(
            count(statement.text, /\bfalse\b(?=( and|$| order| limit))/g),
          )
          expect(text).not.toMatch(/FuncCall|SubLink|CommonTableExpr|RawStmt/)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('are insertions, updates and deletions of one table', async () => {
    const row = fc
      .array(fc.tuple(column, value), { minLength: 1, maxLength: 3 })
      .map((pairs) => Object.fromEntries(pairs) as Record<string, unknown>)
    await fc.assert(
      fc.asyncProperty(
        table,
        row,
        where,
        fc.array(column, { maxLength: 2 }),
        async (into, values, conditions, returning) => {
          const change = { table: into, where: conditions, all: false, returning }
          const statements = [
            [sql.insert(into, [values, {}], returning), 'InsertStmt'],
            [sql.update(values, change), 'UpdateStmt'],
            [sql.remove(change), 'DeleteStmt'],
          ] as const
          for (const [statement, expected] of statements) {
            const { kind, body, text } = await treeOf(statement)
            expect(kind).toBe(expected)
            expect(body.relation).toMatchObject({ relname: into })
            expect(count(text, /"ParamRef"/g)).toBe(statement.params.length)
            expect(text).not.toMatch(/FuncCall|SubLink|CommonTableExpr|RawStmt/)
            if (expected !== 'InsertStmt') expect(body.whereClause).toBeDefined()
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  test('are refused without a condition, unless every row is meant', () => {
    const bare = { table: 't', where: [{}], all: false }
    expect(() => sql.update({ a: 1 }, bare)).toThrow('there is no where()')
    expect(() => sql.remove(bare)).toThrow('there is no where()')
    expect(sql.remove({ ...bare, all: true }).text).toBe('delete from "t"')
  })
})
