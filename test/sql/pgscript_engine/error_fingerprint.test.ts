import { describe, expect, test } from 'vitest'

import { useDatabase } from '../../support/use-database.ts'

describe('pgscript_engine.error_fingerprint', () => {
  const database = useDatabase()

  async function areAlike(one: string, other: string): Promise<boolean> {
    const { rows } = await database.owner.query<{ alike: boolean }>(
      `select pgscript_engine.error_fingerprint('00000000-0000-0000-0000-000000000001', jsonb_build_object('message', $1::text))
            = pgscript_engine.error_fingerprint('00000000-0000-0000-0000-000000000001', jsonb_build_object('message', $2::text)) as alike`,
      [one, other],
    )
    return rows[0]?.alike === true
  }

  test.each([
    ['Order 17 is gone', 'Order 4 is gone'],
    ['No user 0191-abc', 'No user 0192-xyz'],
    ['No product SKU-17-B', 'No product SKU-4-RED'],
    ['ann@example.com is unknown', 'bob@shop.example is unknown'],
    ['No row 01a22510-9150-78ed-829c-30577f4f225a', 'No row feedface-dead-4eef-8add-abcdefabcdef'],
    ["It's not the time for 'tea'", "It's not the time for 'coffee'"],
    ['reading "total"', 'reading "net"'],
    ['took 12 s', 'took 1.5 s'],
    ['took 12 s', 'took 1,234.50 s'],
    ['took 12 s', 'took 1.234,50 s'],
    ['took 12 s', "took 1'234 s"],
    ['took 12 s', 'took 1\u202f234,5 s'],
    ['took 12 s', 'took -3 s'],
    ['took 12 s', 'took \u22123 s'],
    ['took 12 s', 'took +3 s'],
    ['took 12 s', 'took 1.5e+21 s'],
    ['Took 1.5, then 3.', 'Took 2, then 4.75.'],
  ])('%j and %j are alike', async (one, other) => {
    expect(await areAlike(one, other)).toBe(true)
  })

  test.each([
    ["It's closed and won't open", "It's empty and won't fill"],
    ["The shop's door isn't there", "The shop's owner isn't there"],
    ['Order 17 is gone', 'Invoice 17 is gone'],
    ['Order 17 is gone', 'Order 17 is late'],
    ['took 1.5 s', 'took 1.5 minutes'],
    ['Order 17.', 'Order 17, which is gone'],
  ])('%j and %j are not', async (one, other) => {
    expect(await areAlike(one, other)).toBe(false)
  })

  test('of a long message the first 500 characters count, when what is quoted is masked', async () => {
    const long = 'word '.repeat(98)
    expect(await areAlike(`${long}"the first name"`, `${long}"another name"`)).toBe(true)
    expect(await areAlike(`No "${'a'.repeat(600)}" here`, `No "${'b'.repeat(700)}" here`)).toBe(true)
    expect(await areAlike(`No "${'a'.repeat(600)}" here`, `No "${'a'.repeat(600)}" there`)).toBe(false)
    // A node keeps 4,096 characters, and ends them so.
    expect(await areAlike(`No "${'a '.repeat(2_046)}…`, `No "${'b '.repeat(2_046)}…`)).toBe(true)
    expect(await areAlike(`${long}${long}no row`, `${long}${long}no door`)).toBe(true)
  })
})
