import { describe, expect, test } from 'vitest'

import { as, asOwner, lastAudit } from '../../support/call.ts'
import { type GivenScript, givenDraft, givenScript } from '../../support/given-script.ts'
import { givenTenant, identityIn, onlyRow } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'

type Status = 'draft' | 'active' | 'paused' | 'disabled' | 'archived'

/** Every status a script can be in, and what becomes of each wish; a code where it is refused. */
const transitions: Record<Status, Record<Status, Status | string>> = {
  draft: {
    draft: 'invalid_status',
    active: 'script_never_activated',
    paused: 'script_never_activated',
    disabled: 'script_never_activated',
    archived: 'archived',
  },
  active: {
    draft: 'invalid_status',
    active: 'active',
    paused: 'paused',
    disabled: 'disabled',
    archived: 'archived',
  },
  paused: {
    draft: 'invalid_status',
    active: 'active',
    paused: 'paused',
    disabled: 'disabled',
    archived: 'archived',
  },
  disabled: {
    draft: 'invalid_status',
    active: 'active',
    paused: 'paused',
    disabled: 'disabled',
    archived: 'archived',
  },
  archived: {
    draft: 'script_not_found',
    active: 'script_not_found',
    paused: 'script_not_found',
    disabled: 'script_not_found',
    archived: 'script_not_found',
  },
}

const steps = Object.entries(transitions).flatMap(([from, wishes]) =>
  Object.entries(wishes).map(([to, outcome]) => ({ from: from as Status, to: to as Status, outcome })),
)

describe('pgscript.set_script_status', () => {
  const database = useDatabase()
  const set = async (script: GivenScript, status: string | null) =>
    onlyRow(
      await asOwner<{ status: string; archived_at: Date | null; active_version: number | null }>(
        database,
        'select * from pgscript.set_script_status($1, $2, $3)',
        [script.tenant.key, script.name, status],
      ),
    )
  async function givenStatus(status: Status): Promise<GivenScript> {
    const tenant = await givenTenant(database)
    if (status === 'draft') return await givenDraft(database, tenant)
    const script = await givenScript(database, tenant)
    if (status !== 'active') await set(script, status)
    return script
  }

  test.each(steps)('from $from to $to: $outcome', async ({ from, to, outcome }) => {
    const script = await givenStatus(from)
    if (outcome !== to) {
      await expect(set(script, to)).rejects.toMatchObject({ code: outcome })
      return
    }
    const after = await set(script, to)
    expect(after.status).toBe(to)
    expect(after.archived_at !== null).toBe(to === 'archived')
    expect(await lastAudit(database, script.id)).toMatchObject(
      from === to
        ? { action: expect.stringMatching(/activated|status_changed/) }
        : { action: 'script.status_changed', before: { status: from }, after: { status: to } },
    )
  })

  test('keeps which version runs', async () => {
    const script = await givenStatus('active')
    expect(await set(script, 'disabled')).toMatchObject({ active_version: 1 })
    expect(await set(script, 'active')).toMatchObject({ active_version: 1 })
  })

  test.each([null, 'sleeping', ''])('refuses %j, which is no status', async (status) => {
    await expect(set(await givenStatus('active'), status)).rejects.toMatchObject({
      code: 'invalid_status',
      status: 422,
      field: 'status',
    })
  })

  test.each([
    ['an archived one', 'archived', "description = 'changed'", 'script_archived'],
    ['an archived one back', 'archived', "status = 'active', archived_at = null", 'script_archived'],
    ['an active one to a draft', 'active', "status = 'draft'", 'invalid_transition'],
    ['a paused one to a draft', 'paused', "status = 'draft'", 'invalid_transition'],
  ] as const)('not even a plain UPDATE changes %s', async (_, status, change, code) => {
    const script = await givenStatus(status)
    await expect(
      asOwner(database, `update pgscript.scripts set ${change} where id = $1`, [script.id]),
    ).rejects.toMatchObject({ code, status: 409 })
  })

  test('needs scripts.update, and scripts.delete to archive', async () => {
    const script = await givenStatus('active')
    const call = 'select pgscript.set_script_status(null, $1, $2)'
    const deleter = identityIn(script.tenant, ['scripts.delete'])
    const updater = identityIn(script.tenant, ['scripts.update'])
    const denied = { code: 'permission_denied' }
    await expect(as(database, deleter, call, [script.name, 'paused'])).rejects.toMatchObject(denied)
    await expect(as(database, updater, call, [script.name, 'archived'])).rejects.toMatchObject(denied)
    await as(database, updater, call, [script.name, 'paused'])
    await as(database, deleter, call, [script.name, 'archived'])
  })

  test('archives and keeps versions and audit', async () => {
    const script = await givenStatus('archived')
    const kept = await asOwner(database, 'select from pgscript.script_versions where script_id = $1', [
      script.id,
    ])
    expect(kept).toHaveLength(1)
    expect(await lastAudit(database, script.id)).toBeDefined()
  })
})
