import { describe, expect, test } from 'vitest'

import { givenDraft } from '../../support/given-script.ts'
import { givenTenant } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'

describe('pgscript_engine.unchecked_versions', () => {
  const database = useDatabase()

  test('takes tenants in turn, so that one with much to check does not hold up the others', async () => {
    const [busy, quiet] = [await givenTenant(database), await givenTenant(database)]
    for (let place = 0; place < 5; place += 1) await givenDraft(database, busy)
    await givenDraft(database, quiet)

    const { rows } = await database.node.pool.query<{ tenant_id: string }>(
      'select tenant_id from pgscript_engine.unchecked_versions($1, 2)',
      [database.node.capability],
    )

    expect(new Set(rows.map((row) => row.tenant_id))).toEqual(new Set([busy.id, quiet.id]))
  })
})
