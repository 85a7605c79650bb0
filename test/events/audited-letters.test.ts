import { describe, expect, test } from 'vitest'

import { failExecutions } from '../../src/executor/report-executions.ts'
import { asOwner } from '../support/call.ts'
import { givenEventScript, insertEvent } from '../support/given-event-script.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import { claim, failureOf, useEmptyLedger } from '../support/use-ledger.ts'

describe('the audit log of dead letters', () => {
  const database = useDatabase()
  useEmptyLedger(database)

  async function givenLetters(count: number): Promise<{ tenant: GivenTenant; ids: string[] }> {
    const tenant = await givenTenant(database)
    await givenEventScript(database, tenant, { events: ['a.b'] }, { retry: false })
    for (let n = 1; n <= count; n += 1) await insertEvent(database, tenant, 'a.b', { n })
    for (let open = 0; open < count; ) {
      const claimed = await claim(database.node, 200)
      open += claimed.length
      const failures = claimed.map((execution) => failureOf(execution, { retryable: false }))
      await failExecutions(database.node, failures)
    }
    const rows = await asOwner<{ id: string }>(
      database,
      'select execution_id as id from pgscript.dead_letters where tenant_id = $1 order by execution_id',
      [tenant.id],
    )
    return { tenant, ids: rows.map(({ id }) => id) }
  }
  const entriesOf = async (tenant: GivenTenant) =>
    await asOwner(
      database,
      `select action, subject_id, before, after from pgscript.audit_log
       where tenant_id = $1 and action like 'dead\\_letter%' order by id`,
      [tenant.id],
    )
  const edit = async (tenant: GivenTenant, id: string | undefined, input: unknown) =>
    await asOwner(database, 'select pgscript.edit_dead_letter($1, $2, $3)', [
      tenant.key,
      id,
      input === null ? null : JSON.stringify(input),
    ])

  test('an edit is there with the input before and after', async () => {
    const { tenant, ids } = await givenLetters(1)
    await edit(tenant, ids[0], { n: 10 })
    await edit(tenant, ids[0], { n: 20 })
    await edit(tenant, ids[0], null)
    const action = { action: 'dead_letter.edited', subject_id: ids[0] }
    expect(await entriesOf(tenant)).toEqual([
      { ...action, before: { input: { n: 1 } }, after: { input: { n: 10 } } },
      { ...action, before: { input: { n: 10 } }, after: { input: { n: 20 } } },
      { ...action, before: { input: { n: 20 } }, after: { input: { n: 1 } } },
    ])
  })

  test('a large input is there with its beginning', async () => {
    const { tenant, ids } = await givenLetters(1)
    await edit(tenant, ids[0], 'x'.repeat(1_998))
    await edit(tenant, ids[0], 'x'.repeat(1_999))
    expect(await entriesOf(tenant)).toMatchObject([
      { after: { input: 'x'.repeat(1_998) } },
      { after: { input: `"${'x'.repeat(1_999)}…` } },
    ])
  })

  test('an input that is given with the redrive is an edit as well', async () => {
    const { tenant, ids } = await givenLetters(1)
    await asOwner(database, `select pgscript.redrive_dead_letters($1, $2, input => '{"n": 10}')`, [
      tenant.key,
      ids,
    ])
    expect(await entriesOf(tenant)).toMatchObject([
      { action: 'dead_letter.edited', before: { input: { n: 1 } }, after: { input: { n: 10 } } },
      { action: 'dead_letters.redriven', after: { count: 1, ids } },
    ])
  })

  test.each([
    ['redriven', 'select pgscript.redrive_dead_letters($1, $2)'],
    ['discarded', 'select pgscript.discard_dead_letters($1, $2)'],
  ])('names those that were %s', async (outcome, call) => {
    const { tenant, ids } = await givenLetters(3)
    const stranger = '00000000-0000-7000-8000-000000000000'
    await asOwner(database, call, [tenant.key, [ids[2], ids[0], stranger]])
    expect(await entriesOf(tenant)).toMatchObject([
      { action: `dead_letters.${outcome}`, after: { count: 2, ids: [ids[0], ids[2]] } },
    ])
  })

  test('names a hundred of many', async () => {
    const { tenant, ids } = await givenLetters(202)
    for (const [call, meant] of [
      ['select pgscript.discard_dead_letters($1, $2)', ids.slice(0, 101)],
      ['select pgscript.redrive_dead_letters($1, $2)', ids.slice(101)],
    ] as const)
      await asOwner(database, call, [tenant.key, meant])
    expect(await entriesOf(tenant)).toMatchObject([
      { action: 'dead_letters.discarded', after: { count: 101, ids: ids.slice(0, 100) } },
      { action: 'dead_letters.redriven', after: { count: 101, ids: ids.slice(101, 201) } },
    ])
  })

  test('says nothing of a dry run', async () => {
    const { tenant } = await givenLetters(1)
    await asOwner(database, 'select pgscript.redrive_dead_letters($1, dry_run => true)', [tenant.key])
    expect(await entriesOf(tenant)).toEqual([])
  })
})
