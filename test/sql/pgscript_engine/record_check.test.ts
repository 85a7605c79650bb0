import { describe, expect, test } from 'vitest'

import { asOwner } from '../../support/call.ts'
import { type GivenScript, givenDraft, judge } from '../../support/given-script.ts'
import { givenTenant, onlyRow } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'

describe('pgscript_engine.record_check', () => {
  const database = useDatabase()
  const verdictOn = async (script: GivenScript) =>
    onlyRow(
      await asOwner<{ state: string; findings: unknown[]; checked_at: Date | null }>(
        database,
        'select state, findings, checked_at from pgscript.version_checks where script_id = $1',
        [script.id],
      ),
    )
  const waiting = async (script: GivenScript) =>
    (
      await database.node.pool.query(
        'select name, version, source, source_limit from pgscript_engine.unchecked_versions($1, 1000) where script_id = $2',
        [database.node.capability, script.id],
      )
    ).rows

  test('gives a version its verdict once', async () => {
    const script = await givenDraft(database, await givenTenant(database))
    expect(await verdictOn(script)).toEqual({ state: 'unchecked', findings: [], checked_at: null })
    expect(await judge(database, script, 1, 'rejected')).toBe(true)
    expect(await judge(database, script, 1, 'accepted')).toBe(false)
    expect(await verdictOn(script)).toMatchObject({
      state: 'rejected',
      findings: [{ code: 'syntax' }],
      checked_at: expect.any(Date),
    })
  })

  test('lets one of two nodes judge', async () => {
    const script = await givenDraft(database, await givenTenant(database))
    const recorded = await Promise.all([1, 2, 3].map(() => judge(database, script, 1, 'accepted')))
    expect(recorded.filter(Boolean)).toHaveLength(1)
  })

  test('takes the version off the list of those that wait', async () => {
    const script = await givenDraft(database, await givenTenant(database, { limits: { source_bytes: 5000 } }))
    expect(await waiting(script)).toEqual([
      { name: script.name, version: 1, source: 'export default () => 1', source_limit: '5000' },
    ])
    await judge(database, script, 1, 'accepted')
    expect(await waiting(script)).toEqual([])
  })

  test('says false for a version that is not there', async () => {
    const script = await givenDraft(database, await givenTenant(database))
    expect(await judge(database, script, 2, 'accepted')).toBe(false)
  })

  test('a save tells the nodes that a version waits', async () => {
    const tenant = await givenTenant(database)
    const client = await database.node.pool.connect()
    try {
      await client.query('listen pgscript_version_saved')
      const heard = new Promise((resolve) => client.once('notification', resolve))
      await givenDraft(database, tenant)
      expect(await heard).toMatchObject({ channel: 'pgscript_version_saved', payload: '' })
    } finally {
      client.release(true)
    }
  })
})
