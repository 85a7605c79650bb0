import { beforeEach, describe, expect, test } from 'vitest'

import { silentLogger } from '../../../src/log.ts'
import { checkVersions } from '../../../src/queue/check-versions.ts'
import { as, asOwner } from '../../support/call.ts'
import { type GivenTenant, givenTenant, identityIn, onlyRow } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'
import { useScriptRunner } from '../../support/use-script-runner.ts'

const database = useDatabase()
const runner = useScriptRunner(database)
let tenant: GivenTenant

beforeEach(async () => {
  tenant = await givenTenant(database)
})

const library = (name: string, source: string) => runner.provide(tenant, name, source, { type: 'embedded' })
const uses = (name: string) => `import { a } from 'pgscript:lib/${name}'\nexport default () => a`
const dependentsOf = async (name: string) =>
  await asOwner(
    database,
    `select name, version, is_active, is_latest, library_version
     from pgscript.library_dependents($1, $2)`,
    [tenant.key, name],
  )
const move = async (more = '', values: unknown[] = []) =>
  await asOwner<{ id: string; name: string; latest_version: number; change_description: string }>(
    database,
    `select * from pgscript.move_dependents($1, $2${more}) order by name`,
    [tenant.key, 'shared', ...values],
  )

const verdictOn = async ({ id, version }: { id: string; version: number }) =>
  onlyRow(
    await asOwner(
      database,
      'select state, findings, exports from pgscript.version_checks where script_id = $1 and version = $2',
      [id, version],
    ),
  )

describe('pgscript.library_dependents', () => {
  test('names the scripts whose active or latest version imports it, with their pins', async () => {
    await library('shared', 'export const a = 1')
    await runner.provide(tenant, 'first', uses('shared'))
    await library('shared', 'export const a = 2')
    await runner.save(tenant, 'first', `${uses('shared')} // changed`)
    await runner.save(tenant, 'second', uses('shared'))
    expect(await dependentsOf('shared')).toEqual([
      { name: 'first', version: 1, is_active: true, is_latest: false, library_version: 1 },
      { name: 'first', version: 2, is_active: false, is_latest: true, library_version: 2 },
      { name: 'second', version: 1, is_active: false, is_latest: true, library_version: 2 },
    ])
  })

  test('leaves out what no longer imports it, and what is archived', async () => {
    await library('shared', 'export const a = 1')
    await runner.save(tenant, 'first', uses('shared'))
    await runner.save(tenant, 'first', 'export default () => 1')
    await runner.save(tenant, 'second', uses('shared'))
    await asOwner(database, "select pgscript.set_script_status($1, 'second', 'archived')", [tenant.key])
    expect(await dependentsOf('shared')).toEqual([])
  })

  test('needs scripts.read', async () => {
    await library('shared', 'export const a = 1')
    await expect(
      as(
        database,
        identityIn(tenant, ['scripts.update']),
        "select pgscript.library_dependents(null, 'shared')",
      ),
    ).rejects.toMatchObject({ code: 'permission_denied' })
  })
})

describe('a node that checks what plain SQL has saved', () => {
  test('pins its imports and judges its schemas', async () => {
    await library('shared', 'export const a = 1')
    const save = 'select pgscript.save_script($1, $2, $3, input_schema => $4)'
    await asOwner(database, save, [tenant.key, 'good', uses('shared'), { type: 'object' }])
    await asOwner(database, save, [tenant.key, 'bad', uses('shared'), { type: 'strng' }])
    await checkVersions(database.node, runner.scripts, silentLogger)
    expect(await dependentsOf('shared')).toMatchObject([{ name: 'good', library_version: 1 }])
    const verdicts = await asOwner(
      database,
      `select script.name, verdict.state from pgscript.version_checks as verdict
       join pgscript.scripts as script on script.id = verdict.script_id
       where script.tenant_id = $1 and script.name <> 'shared' order by 1`,
      [tenant.id],
    )
    expect(verdicts).toEqual([
      { name: 'bad', state: 'rejected' },
      { name: 'good', state: 'accepted' },
    ])
  })
})

describe('pgscript.move_dependents', () => {
  test('saves a version of each that is pinned to the active one, and leaves the rest as it was', async () => {
    await library('shared', 'export const a = 1')
    await library('other', 'export const b = 1')
    const source = `import { b } from 'pgscript:lib/other'\n${uses('shared')} + b`
    const before = await runner.provide(tenant, 'main', source)
    await library('shared', 'export const a = 10')
    await library('other', 'export const b = 10')

    expect(await move()).toMatchObject([
      { name: 'main', latest_version: 2, active_version: 1, change_description: 'Moved to shared version 2' },
    ])
    await checkVersions(database.node, runner.scripts, silentLogger)
    const after = { ...before, version: 2 }
    expect(await verdictOn(after)).toMatchObject({ state: 'accepted', exports: ['default'] })
    expect((await runner.run(before)).output).toBe('2')
    expect((await runner.run(after)).output).toBe('11')
    expect(await move()).toEqual([])
  })

  test('takes a version and names of scripts', async () => {
    await library('shared', 'export const a = 1')
    await library('shared', 'export const a = 2')
    await runner.save(tenant, 'one', uses('shared'))
    await runner.save(tenant, 'two', uses('shared'))
    expect(await move(', 1, array[$3]', ['two'])).toMatchObject([{ name: 'two', latest_version: 2 }])
    expect(await dependentsOf('shared')).toMatchObject([
      { name: 'one', library_version: 2 },
      { name: 'two', library_version: 1 },
    ])
  })

  test('finds out with the check that the new version lacks what is imported', async () => {
    await library('shared', 'export const a = 1')
    const before = await runner.provide(tenant, 'main', uses('shared'))
    await library('shared', 'export const renamed = 1')
    await move()
    await checkVersions(database.node, runner.scripts, silentLogger)
    expect(await verdictOn({ ...before, version: 2 })).toMatchObject({
      state: 'rejected',
      findings: [{ code: 'unknown_import_name' }],
    })
  })

  test('refuses a library that has no active version, and one that was not accepted', async () => {
    await runner.save(tenant, 'shared', 'export const a = 1', { type: 'embedded' })
    await expect(move()).rejects.toMatchObject({ code: 'library_not_active', status: 409 })
    await expect(move(', 7')).rejects.toMatchObject({ code: 'version_not_found' })
  })

  test('needs scripts.update', async () => {
    await library('shared', 'export const a = 1')
    await expect(
      as(database, identityIn(tenant, ['scripts.read']), "select pgscript.move_dependents(null, 'shared')"),
    ).rejects.toMatchObject({ code: 'permission_denied' })
  })
})
