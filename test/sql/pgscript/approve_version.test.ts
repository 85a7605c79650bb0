import { beforeEach, describe, expect, test } from 'vitest'

import { as, asOwner, lastAudit } from '../../support/call.ts'
import { type GivenScript, givenScript } from '../../support/given-script.ts'
import { type GivenTenant, givenTenant, givenUser, identityIn, onlyRow } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'

describe('pgscript.approve_version', () => {
  const database = useDatabase()
  let tenant: GivenTenant
  let script: GivenScript
  let author: string
  let second: string

  beforeEach(async () => {
    tenant = await givenTenant(database)
    script = await givenScript(database, tenant)
    author = (await givenUser(database, { tenant, role: 'developer' })).id
    second = (await givenUser(database, { tenant, role: 'developer' })).id
  })

  const asUser = (userId: string, permissions = ['scripts.update', 'scripts.create']) => ({
    ...identityIn(tenant, permissions),
    userId,
  })
  const ask = async (approval: string) => {
    await asOwner(database, 'select pgscript.set_tenant_settings($1, $2)', [tenant.key, { approval }])
  }
  /** Version 2 by the author, accepted with these findings. */
  const givenVersion = async (findings: object[] = []) => {
    await as(database, asUser(author), "select pgscript.save_script(null, $1, '// 2')", [script.name])
    await database.node.pool.query("select pgscript_engine.record_check($1, $2, 2, 'accepted', $3)", [
      tenant.id,
      script.id,
      JSON.stringify(findings),
    ])
  }
  const approve = async (userId: string, version = 2) =>
    onlyRow(
      await as<{ approved_by: string; version: number }>(
        database,
        asUser(userId),
        'select * from pgscript.approve_version(null, $1, $2)',
        [script.name, version],
      ),
    )
  const activate = async (version = 2) =>
    onlyRow(
      await as<{ active_version: number }>(
        database,
        asUser(author),
        'select * from pgscript.activate_script(null, $1, $2)',
        [script.name, version],
      ),
    )
  const rollBack = async (version: number) =>
    onlyRow(
      await as<{ active_version: number; latest_version: number }>(
        database,
        asUser(author),
        'select * from pgscript.rollback_script(null, $1, $2)',
        [script.name, version],
      ),
    )
  const required = { code: 'approval_required', status: 409, field: 'version' }

  test('lets a version become active that must be approved by a second person', async () => {
    await ask('all')
    await givenVersion()
    await expect(activate()).rejects.toMatchObject(required)
    expect(await approve(second)).toMatchObject({ approved_by: second, version: 2 })
    expect(await activate()).toMatchObject({ active_version: 2 })
  })

  test('is written to the audit log, once', async () => {
    await givenVersion()
    await approve(second)
    await approve(second)
    expect(await lastAudit(database, script.id)).toMatchObject({
      action: 'version.approved',
      after: { version: 2 },
    })
    const rows = await asOwner(
      database,
      "select from pgscript.audit_log where subject_id = $1 and action = 'version.approved'",
      [script.id],
    )
    expect(rows).toHaveLength(1)
  })

  test('is not needed where the tenant does not ask for it', async () => {
    await givenVersion([{ severity: 'high', code: 'miner' }])
    expect(await activate()).toMatchObject({ active_version: 2 })
  })

  test.each([
    [[], false],
    [[{ severity: 'info', code: 'large_literal' }], false],
    [[{ severity: 'warning', code: 'dynamic_code' }], true],
    [[{ severity: 'high', code: 'miner' }], true],
  ])('where only flagged versions need it, findings %j: %s', async (findings, needed) => {
    await ask('flagged')
    await givenVersion(findings)
    if (needed) await expect(activate()).rejects.toMatchObject(required)
    else expect(await activate()).toMatchObject({ active_version: 2 })
  })

  test('leaves what runs already alone, and lets it be resumed', async () => {
    await ask('all')
    expect(await activate(1)).toMatchObject({ active_version: 1 })
  })

  test('is refused to the author', async () => {
    await givenVersion()
    await expect(approve(author)).rejects.toMatchObject({ code: 'own_version', status: 403 })
  })

  test('is refused to a caller who is no person', async () => {
    await givenVersion()
    const call = 'select pgscript.approve_version($1, $2, 2)'
    const refused = { code: 'approval_needs_user', status: 403 }
    await expect(asOwner(database, call, [tenant.key, script.name])).rejects.toMatchObject(refused)
    await expect(as(database, identityIn(tenant), call, [null, script.name])).rejects.toMatchObject(refused)
  })

  test('is refused for a version that was not accepted', async () => {
    await as(database, asUser(author), "select pgscript.save_script(null, $1, '// 2')", [script.name])
    await expect(approve(second)).rejects.toMatchObject({ code: 'version_not_accepted' })
    await expect(approve(second, 3)).rejects.toMatchObject({ code: 'version_not_found' })
  })

  test('needs scripts.update', async () => {
    await givenVersion()
    await expect(
      as(
        database,
        asUser(second, ['scripts.create', 'scripts.execute']),
        'select pgscript.approve_version(null, $1, 2)',
        [script.name],
      ),
    ).rejects.toMatchObject({ code: 'permission_denied' })
  })

  test('holds for a rollback: what was approved runs at once, what was not does not', async () => {
    await givenVersion()
    await approve(second)
    await activate()
    await ask('all')
    // Version 1 was activated before the tenant asked for approvals.
    expect(await rollBack(1)).toMatchObject({ latest_version: 3, active_version: 2 })
    await expect(activate(3)).rejects.toMatchObject(required)
    expect(await rollBack(2)).toMatchObject({ latest_version: 4, active_version: 4 })
  })

  test('is asked for by the table itself, whoever writes it', async () => {
    await ask('all')
    await givenVersion()
    await expect(
      asOwner(database, 'update pgscript.scripts set active_version = 2 where id = $1', [script.id]),
    ).rejects.toMatchObject(required)
  })
})
