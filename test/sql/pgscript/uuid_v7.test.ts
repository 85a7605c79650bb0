import { describe, expect, test } from 'vitest'

import { asOwner } from '../../support/call.ts'
import { onlyRow } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'

describe('pgscript.uuid_v7', () => {
  const database = useDatabase()
  const uuidAt = async (moment: string) =>
    onlyRow(await asOwner<{ id: string }>(database, 'select pgscript.uuid_v7($1) as id', [moment])).id

  test('has version 7 and the variant of RFC 9562', async () => {
    const ids = await asOwner<{ id: string }>(
      database,
      'select pgscript.uuid_v7() as id from generate_series(1, 200)',
    )
    for (const { id } of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(new Set(ids.map(({ id }) => id)).size).toBe(200)
  })

  test.each(['1970-01-01T00:00:00.000Z', '2026-10-01T12:34:56.789Z', '9999-12-31T23:59:59.999Z'])(
    'begins with the milliseconds of %s',
    async (moment) => {
      const milliseconds = Number.parseInt((await uuidAt(moment)).replaceAll('-', '').slice(0, 12), 16)
      expect(new Date(milliseconds).toISOString()).toBe(moment)
    },
  )

  test('is the moment of the call by default', async () => {
    const [row] = await asOwner<{ id: string; now: Date }>(
      database,
      'select pgscript.uuid_v7() as id, clock_timestamp() as now',
    )
    const milliseconds = Number.parseInt(row?.id.replaceAll('-', '').slice(0, 12) ?? '', 16)
    expect(Math.abs(milliseconds - (row?.now.getTime() ?? 0))).toBeLessThan(5_000)
  })

  test('sorts by time, within a millisecond too', async () => {
    const moments = [
      '12:00:00.000000',
      '12:00:00.000001',
      '12:00:00.000500',
      '12:00:00.000999',
      '12:00:00.001',
    ]
    const ids = await Promise.all(moments.map((moment) => uuidAt(`2026-10-01 ${moment} UTC`)))
    expect(ids).toEqual(ids.toSorted())
    expect(new Set(ids.map((id) => id.slice(0, 18))).size).toBe(5)
  })
})
