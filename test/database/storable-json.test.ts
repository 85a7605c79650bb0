import fc from 'fast-check'
import type { PoolClient } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { hasHugeNumber, isStorableJson, storableJson } from '../../src/database/storable-json.ts'
import { useDatabase } from '../support/use-database.ts'

const database = useDatabase()
let client: PoolClient

beforeAll(async () => {
  client = await database.owner.connect()
  await client.query(`
    create function pg_temp.is_accepted(given text) returns boolean language plpgsql as $$
    begin
      perform given::jsonb;
      return true;
    exception when others then
      return false;
    end $$`)
})
afterAll(() => client.release(true))

async function accepted(texts: readonly string[]): Promise<boolean[]> {
  const { rows } = await client.query<{ ok: boolean }>(
    'select pg_temp.is_accepted(text) as ok from unnest($1::text[]) with ordinality as given (text, place) order by place',
    [texts],
  )
  return rows.map(({ ok }) => ok)
}

/** Text of what goes wrong most easily: backslashes, the letters of escapes, NUL, halves of surrogate pairs. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\\',
        '\\\\',
        'u',
        'u0000',
        '\\u0000',
        'ud800',
        '\\ud83d\\ude00',
        '"',
        '\u0000',
        '\ufffd',
      ),
      fc.constantFrom('\ud800', '\udbff', '\udc00', '\udfff', '\ud83d', '\ude00', '😀'),
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''))

const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    nasty,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(null, true, 0),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(nasty, tie('value')), { maxLength: 3 }).map(Object.fromEntries),
  ),
})).value

const texts = fc.array(
  value.map((given) => JSON.stringify(given)),
  { minLength: 100, maxLength: 100 },
)

test('PostgreSQL takes exactly what we call storable, and whatever we have made so', async () => {
  await fc.assert(
    fc.asyncProperty(texts, async (given) => {
      expect(await accepted(given)).toEqual(given.map(isStorableJson))
      expect(await accepted(given.map(storableJson))).toEqual(given.map(() => true))
    }),
    { numRuns: 60 },
  )
})

test('what is storable is left as it is, and what is not loses only that', () => {
  fc.assert(
    fc.property(value, (given) => {
      const text = JSON.stringify(given)
      const stored = storableJson(text)
      if (isStorableJson(text)) expect(stored).toBe(text)
      expect(JSON.parse(stored)).toEqual(JSON.parse(replaced(given)))
    }),
    { numRuns: 2_000 },
  )
})

/** The same by another way: on the strings and not on the text. */
function replaced(given: unknown): string {
  return JSON.stringify(clean(given))
}

function clean(given: unknown): unknown {
  if (typeof given === 'string') return given.toWellFormed().replaceAll('\u0000', '\ufffd')
  if (Array.isArray(given)) return given.map(clean)
  if (typeof given !== 'object' || given === null) return given
  return Object.fromEntries(Object.entries(given).map(([key, inner]) => [clean(key), clean(inner)]))
}

test.each([
  ['"\\u0000"', '"\\ufffd"'],
  ['"\\\\u0000"', '"\\\\u0000"'],
  ['"\\\\\\u0000"', '"\\\\\\ufffd"'],
  ['"\\ud83d\\ude00"', '"\\ud83d\\ude00"'],
  ['"\\ude00\\ud83d"', '"\\ufffd\\ufffd"'],
  ['"\\ud83d\\ud83d\\ude00"', '"\\ufffd\\ud83d\\ude00"'],
  ['{"\\udc00":1}', '{"\\ufffd":1}'],
])('%s is stored as %s', async (text, stored) => {
  expect(storableJson(text)).toBe(stored)
  expect(await accepted([text, stored])).toEqual([text === stored, true])
})

test.each([
  '[1,"1e999",{"1e999":"\\"1e999"}]',
  '[1.7e+308,5e-324,-1e+21,123456789012345678901234567890]',
  `[${'9'.repeat(308)}]`,
  `["${'9'.repeat(400)}"]`,
])('%s holds no number beyond a double', (json) => {
  expect(hasHugeNumber(json)).toBe(false)
})

test.each(['1e309', '[[-1E+999]]', '{"a":"1","b":1e-16000}', `[${'9'.repeat(400)}]`, '["\\\\",1e131071]'])(
  '%s holds one',
  (json) => {
    expect(hasHugeNumber(json)).toBe(true)
  },
)
