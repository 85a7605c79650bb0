import { describe, expect, test } from 'vitest'

import { failExecutions } from '../../src/executor/report-executions.ts'
import { givenEventScript, insertEvent } from '../support/given-event-script.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import { claimOne, failureOf } from '../support/use-ledger.ts'

// Redriving asks for runs like anything else, so what a tenant may not run it may not redrive.
describe('redriving dead letters keeps to the limits', () => {
  const database = useDatabase()

  async function givenDead(limits = {}): Promise<{ tenant: GivenTenant; id: string }> {
    const tenant = await givenTenant(database)
    await givenEventScript(database, tenant, { events: ['a.b'] }, { retry: false, limits })
    await insertEvent(database, tenant, 'a.b', { n: 1 })
    const claimed = await claimOne(database.node)
    await failExecutions(database.node, [failureOf(claimed, { retryable: false })])
    return { tenant, id: claimed.id }
  }

  const call = async (text: string, values: unknown[]) => (await database.owner.query(text, values)).rows
  const statusOf = async (id: string) =>
    (await call('select status from pgscript.dead_letters where execution_id = $1', [id]))[0]?.status

  test('of the input: neither edited nor given may it be larger than a run takes', async () => {
    const { tenant, id } = await givenDead({ input_bytes: 1000 })
    const large = JSON.stringify('x'.repeat(1000))
    await expect(
      call('select pgscript.edit_dead_letter($1, $2, $3)', [tenant.key, id, large]),
    ).rejects.toMatchObject({ constraint: 'input_too_large', column: 'input' })
    expect(
      await call(
        'select redriven_as, problem from pgscript.redrive_dead_letters($1, array[$2]::uuid[], input => $3)',
        [tenant.key, id, large],
      ),
    ).toEqual([{ redriven_as: null, problem: 'input: is 1002 bytes as JSON; the limit is 1000.' }])
    expect(await statusOf(id)).toBe('open')
  })

  test('of a suspended tenant: its letters wait', async () => {
    const { tenant, id } = await givenDead()
    await call("select pgscript.upsert_tenant($1, status => 'suspended')", [tenant.key])
    expect(
      await call('select redriven_as, problem from pgscript.redrive_dead_letters($1)', [tenant.key]),
    ).toEqual([{ redriven_as: null, problem: 'The tenant is suspended; its scripts do not run.' }])
    expect(await statusOf(id)).toBe('open')
  })

  test('of executions an hour', async () => {
    const { tenant, id } = await givenDead()
    await call(`select pgscript.upsert_tenant($1, quotas => '{"executions_per_hour": 1}')`, [tenant.key])
    await expect(call('select pgscript.redrive_dead_letters($1)', [tenant.key])).rejects.toMatchObject({
      constraint: 'quota_exceeded',
      column: 'executions_per_hour',
    })
    expect(await statusOf(id)).toBe('open')
  })
})
