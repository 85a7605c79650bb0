import { describe, expect, test } from 'vitest'

import { as, asOwner, lastAudit } from '../../support/call.ts'
import { givenDraft, givenScriptOfItsOwn, judge } from '../../support/given-script.ts'
import { givenTenant, identityIn, onlyRow } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'

describe('pgscript.activate_script', () => {
  const database = useDatabase()
  const activate = async (script: { tenant: { key: string }; name: string }, version?: number) =>
    onlyRow(
      await asOwner<{ id: string; status: string; active_version: number | null; latest_version: number }>(
        database,
        'select * from pgscript.activate_script($1, $2, $3)',
        [script.tenant.key, script.name, version],
      ),
    )
  const change = async (script: { tenant: { key: string }; name: string }, source: string) =>
    await asOwner(database, 'select pgscript.save_script($1, $2, $3)', [
      script.tenant.key,
      script.name,
      source,
    ])

  test('makes the latest version run, once a node has accepted it', async () => {
    const script = await givenDraft(database, await givenTenant(database))
    await expect(activate(script)).rejects.toMatchObject({
      code: 'version_not_accepted',
      status: 409,
      message: expect.stringContaining('unchecked'),
    })
    await judge(database, script, 1, 'accepted')
    expect(await activate(script)).toMatchObject({ id: script.id, status: 'active', active_version: 1 })
    expect(await lastAudit(database, script.id)).toMatchObject({
      action: 'script.activated',
      before: { status: 'draft', version: null },
      after: { status: 'active', version: 1 },
    })
  })

  test('never makes a rejected version run, and gives its findings', async () => {
    const script = await givenDraft(database, await givenTenant(database))
    await judge(database, script, 1, 'rejected')
    await expect(activate(script)).rejects.toMatchObject({
      code: 'version_not_accepted',
      detail: expect.stringContaining('syntax'),
    })
  })

  test('makes the version run that is named, older or newer', async () => {
    const script = await givenScriptOfItsOwn(database)
    await change(script, '// 2')
    await judge(database, script, 2, 'accepted')
    expect(await activate(script, 2)).toMatchObject({ active_version: 2 })
    expect(await activate(script, 1)).toMatchObject({ active_version: 1, latest_version: 2 })
  })

  test.each([0, 2, -1])('refuses version %i, which is not there', async (version) => {
    const script = await givenScriptOfItsOwn(database)
    await expect(activate(script, version)).rejects.toMatchObject({
      code: 'version_not_found',
      status: 404,
      field: 'version',
    })
  })

  test('does and records nothing where the version runs already', async () => {
    const script = await givenScriptOfItsOwn(database)
    const before = await lastAudit(database, script.id)
    expect(await activate(script)).toMatchObject({ status: 'active', active_version: 1 })
    expect(await lastAudit(database, script.id)).toEqual(before)
  })

  test('resumes a paused script', async () => {
    const script = await givenScriptOfItsOwn(database)
    await asOwner(database, "select pgscript.set_script_status($1, $2, 'paused')", [
      script.tenant.key,
      script.name,
    ])
    expect(await activate(script)).toMatchObject({ status: 'active', active_version: 1 })
  })

  test('needs scripts.update', async () => {
    const script = await givenScriptOfItsOwn(database)
    const call = 'select pgscript.activate_script(null, $1)'
    const may = identityIn(script.tenant, ['scripts.update'])
    const mayNot = identityIn(script.tenant, ['scripts.create', 'scripts.read', 'scripts.execute'])
    await as(database, may, call, [script.name])
    await expect(as(database, mayNot, call, [script.name])).rejects.toMatchObject({
      code: 'permission_denied',
    })
  })

  test('is the only way: not even a plain UPDATE makes a version run that was not accepted', async () => {
    const script = await givenDraft(database, await givenTenant(database))
    const update = 'update pgscript.scripts set status = $2, active_version = $3 where id = $1'
    await expect(asOwner(database, update, [script.id, 'active', 1])).rejects.toMatchObject({
      code: 'version_not_accepted',
    })
    await expect(asOwner(database, update, [script.id, 'active', null])).rejects.toMatchObject({
      constraint: 'scripts_run_a_version_once_out_of_draft',
    })
  })
})
