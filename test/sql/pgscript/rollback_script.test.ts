import { describe, expect, test } from 'vitest'

import { transaction } from '../../../src/database/database.ts'
import { as, asOwner, givenHostRole, lastAudit } from '../../support/call.ts'
import { type GivenScript, givenDraft, givenScriptOfItsOwn, judge } from '../../support/given-script.ts'
import { givenTenant, identityIn, onlyRow } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'

describe('pgscript.rollback_script', () => {
  const database = useDatabase()
  const rollBack = async (script: GivenScript, version: number) =>
    onlyRow(
      await asOwner<{
        source: string
        description: string
        latest_version: number
        active_version: number | null
      }>(database, 'select * from pgscript.rollback_script($1, $2, $3)', [
        script.tenant.key,
        script.name,
        version,
      ]),
    )
  const stateOf = async (script: GivenScript, version: number) =>
    onlyRow(
      await asOwner<{ state: string }>(
        database,
        'select state from pgscript.version_checks where script_id = $1 and version = $2',
        [script.id, version],
      ),
    ).state
  /** A script whose version 2 runs; version 1 was accepted as well. */
  async function givenSecondVersion(): Promise<GivenScript> {
    const script = await givenScriptOfItsOwn(database)
    await asOwner(
      database,
      `select pgscript.save_script($1, $2, '// 2', description => 'second', tags => array['two'],
         limits => '{"memory_mb": 32}', metadata => '{"two": 2}', config => '{"two": 2}',
         input_schema => '{"type": "object"}', output_schema => 'true', organization_id => 'two')`,
      [script.tenant.key, script.name],
    )
    await judge(database, script, 2, 'accepted')
    await asOwner(database, 'select pgscript.activate_script($1, $2)', [script.tenant.key, script.name])
    return script
  }

  test('saves a new version equal to the old one, which runs at once', async () => {
    const script = await givenSecondVersion()
    expect(await rollBack(script, 1)).toMatchObject({
      source: 'export default () => 1',
      description: '',
      tags: [],
      limits: {},
      metadata: {},
      config: {},
      input_schema: null,
      output_schema: null,
      organization_id: null,
      latest_version: 3,
      active_version: 3,
      change_description: 'Rolled back to version 1',
    })
    const versions = await asOwner(
      database,
      'select version, source from pgscript.script_versions where script_id = $1 order by version',
      [script.id],
    )
    expect(versions).toEqual([
      { version: 1, source: 'export default () => 1' },
      { version: 2, source: '// 2' },
      { version: 3, source: 'export default () => 1' },
    ])
    expect(await stateOf(script, 3)).toBe('accepted')
    expect(await lastAudit(database, script.id)).toMatchObject({
      action: 'script.rolled_back',
      before: { version: 2, active_version: 2 },
      after: { version: 3, active_version: 3, equal_to: 1 },
    })
  })

  test('makes a version even where nothing differs', async () => {
    const script = await givenScriptOfItsOwn(database)
    expect(await rollBack(script, 1)).toMatchObject({ latest_version: 2, active_version: 2 })
  })

  test('leaves what runs alone where the old version was never accepted', async () => {
    const script = await givenScriptOfItsOwn(database)
    await asOwner(database, "select pgscript.save_script($1, $2, '// 2')", [script.tenant.key, script.name])
    expect(await rollBack(script, 2)).toMatchObject({ latest_version: 3, active_version: 1 })
    expect(await stateOf(script, 3)).toBe('unchecked')
    await judge(database, script, 2, 'rejected')
    expect(await rollBack(script, 2)).toMatchObject({ latest_version: 4, active_version: 1 })
    expect(await stateOf(script, 4)).toBe('rejected')
  })

  test('activates nothing of a draft', async () => {
    const script = await givenDraft(database, await givenTenant(database))
    await judge(database, script, 1, 'accepted')
    expect(await rollBack(script, 1)).toMatchObject({
      latest_version: 2,
      active_version: null,
      status: 'draft',
    })
  })

  test('keeps the name, which another script may carry by now', async () => {
    const script = await givenScriptOfItsOwn(database)
    await asOwner(database, "update pgscript.scripts set name = 'renamed' where id = $1", [script.id])
    expect(await rollBack({ ...script, name: 'renamed' }, 1)).toMatchObject({
      name: 'renamed',
      latest_version: 3,
    })
  })

  test('refuses a version that is not there', async () => {
    const script = await givenScriptOfItsOwn(database)
    await expect(rollBack(script, 2)).rejects.toMatchObject({
      code: 'version_not_found',
      status: 404,
      field: 'version',
    })
  })

  test('needs scripts.update', async () => {
    const script = await givenScriptOfItsOwn(database)
    const call = 'select pgscript.rollback_script(null, $1, 1)'
    await expect(
      as(database, identityIn(script.tenant, ['scripts.create', 'scripts.delete']), call, [script.name]),
    ).rejects.toMatchObject({ code: 'permission_denied' })
    await as(database, identityIn(script.tenant, ['scripts.update']), call, [script.name])
  })

  test('may be called by a role of the host platform, for its tenants, and nothing else of a script', async () => {
    const script = await givenScriptOfItsOwn(database)
    const other = await givenScriptOfItsOwn(database)
    const role = await givenHostRole(database, [script.tenant.key])
    const asHost = (text: string, values: unknown[]) =>
      transaction({ pool: database.owner }, async (client) => {
        await client.query(`set local role ${role}`)
        return (await client.query(text, values)).rows
      })
    const call = 'select latest_version from pgscript.rollback_script($1, $2, 1)'
    expect(await asHost(call, [script.tenant.key, script.name])).toEqual([{ latest_version: 2 }])
    await expect(asHost(call, [other.tenant.key, other.name])).rejects.toMatchObject({
      code: 'permission_denied',
    })
    await expect(
      asHost("select pgscript.set_script_status($1, $2, 'paused')", [script.tenant.key, script.name]),
    ).rejects.toMatchObject({ code: 'permission_denied' })
    expect(await lastAudit(database, script.id)).toMatchObject({
      action: 'script.rolled_back',
      actor_role: role,
    })
  })
})
