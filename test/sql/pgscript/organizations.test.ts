import { describe, expect, test } from 'vitest'

import { asOwner } from '../../support/call.ts'
import { type GivenScript, givenScriptOfItsOwn } from '../../support/given-script.ts'
import { onlyRow } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'

describe('the organization of a script', () => {
  const database = useDatabase()
  const save = async ({ tenant, name }: GivenScript, organization: string | null) =>
    onlyRow(
      await asOwner<{ organization_id: string | null; latest_version: number }>(
        database,
        'select organization_id, latest_version from pgscript.save_script($1, $2, organization_id => $3)',
        [tenant.key, name, organization],
      ),
    )

  test('is content: a change of it is a version, which keeps it', async () => {
    const script = await givenScriptOfItsOwn(database)
    expect(await save(script, 'north')).toEqual({ organization_id: 'north', latest_version: 2 })
    expect(await save(script, null)).toEqual({ organization_id: 'north', latest_version: 2 })
    expect(await save(script, '')).toEqual({ organization_id: null, latest_version: 3 })
    expect(
      await asOwner(
        database,
        'select version, organization_id from pgscript.script_versions where script_id = $1 order by version',
        [script.id],
      ),
    ).toEqual([
      { version: 1, organization_id: null },
      { version: 2, organization_id: 'north' },
      { version: 3, organization_id: null },
    ])
  })

  test('can be given to a new script, and comes back with a rollback', async () => {
    const { tenant, ...rest } = await givenScriptOfItsOwn(database)
    const script = { tenant, ...rest, name: 'of the north' }
    const text = `select organization_id from pgscript.save_script($1, $2, '1', organization_id => 'north')`
    expect(await asOwner(database, text, [tenant.key, script.name])).toEqual([{ organization_id: 'north' }])
    await save(script, 'south')
    expect(
      await asOwner(database, 'select organization_id from pgscript.rollback_script($1, $2, 1)', [
        tenant.key,
        script.name,
      ]),
    ).toEqual([{ organization_id: 'north' }])
  })

  test.for([' x', 'x\n', 'x'.repeat(201)])(
    'is refused where it is not printable or too long: %j',
    async (id) => {
      const script = await givenScriptOfItsOwn(database)
      await expect(save(script, id)).rejects.toMatchObject({
        code: 'invalid_organization_id',
        status: 422,
        field: 'organization_id',
      })
    },
  )
})
