import { describe, expect, test } from 'vitest'

import { failExecutions } from '../../src/executor/report-executions.ts'
import { givenEventScript, insertEvent } from '../support/given-event-script.ts'
import type { GivenScript } from '../support/given-script.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import { claimOne, failureOf } from '../support/use-ledger.ts'

// Redriving asks for runs like anything else, so what a tenant may not run it may not redrive.
describe('redriving dead letters keeps to the limits', () => {
  const database = useDatabase()

  async function givenDead(limits = {}): Promise<{ tenant: GivenTenant; script: GivenScript; id: string }> {
    const tenant = await givenTenant(database)
    const script = await givenEventScript(database, tenant, { events: ['a.b'] }, { retry: false, limits })
    return { tenant, script, id: await givenLetter(tenant, 'a.b') }
  }
  async function givenLetter(tenant: GivenTenant, type: string): Promise<string> {
    await insertEvent(database, tenant, type, { n: 1 })
    const claimed = await claimOne(database.node)
    await failExecutions(database.node, [failureOf(claimed, { retryable: false })])
    return claimed.id
  }
  async function givenQuotas(tenant: GivenTenant, quotas: Record<string, number>): Promise<void> {
    await call('select pgscript.upsert_tenant($1, quotas => $2)', [tenant.key, JSON.stringify(quotas)])
  }
  async function cancelWaiting(tenant: GivenTenant): Promise<void> {
    // What a test leaves waiting would be claimed by the next.
    await call(
      `select pgscript.cancel_execution($1, execution.id)
       from pgscript_engine.live_executions as execution where execution.tenant_id = $2`,
      [tenant.key, tenant.id],
    )
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

  describe('of executions an hour', () => {
    const redrive = (tenant: GivenTenant, more = '') =>
      call(
        `select execution_id, redriven_as, run_at, problem from pgscript.redrive_dead_letters($1${more})`,
        [tenant.key],
      )
    const leavesTwo =
      "The tenant's quota of 7 executions an hour leaves 2 (5 started, 0 waiting), and 5 were asked for."

    /** Five letters, whose runs have left two of seven executions in this hour. */
    async function givenRoomForTwo() {
      const { tenant, script, id } = await givenDead()
      const ids = [id]
      for (let count = 1; count < 5; count += 1) ids.push(await givenLetter(tenant, 'a.b'))
      await givenQuotas(tenant, { executions_per_hour: 7 })
      return { tenant, script, ids }
    }

    test.each(['', ', per_minute => 60'])('what fits is redriven, the rest says why%s', async (more) => {
      const { tenant, ids } = await givenRoomForTwo()
      const rows = await redrive(tenant, more)
      expect(rows.map(({ execution_id }) => execution_id)).toEqual(ids)
      expect(rows.map(({ problem }) => problem)).toEqual([null, null, leavesTwo, leavesTwo, leavesTwo])
      for (const { redriven_as, run_at } of rows.slice(0, 2))
        expect([redriven_as, run_at]).not.toContain(null)
      for (const { redriven_as, run_at } of rows.slice(2)) expect([redriven_as, run_at]).toEqual([null, null])
      expect(await Promise.all(ids.map(statusOf))).toEqual(['redriven', 'redriven', 'open', 'open', 'open'])

      const usedUp = "The tenant's quota of 7 executions an hour is used up (5 started, 2 waiting)."
      expect((await redrive(tenant)).map(({ problem }) => problem)).toEqual([usedUp, usedUp, usedUp])
      await cancelWaiting(tenant)
    })

    test('a dry run says the same', async () => {
      const { tenant, ids } = await givenRoomForTwo()
      const rows = await redrive(tenant, ', dry_run => true')
      expect(rows.map(({ problem }) => problem)).toEqual([null, null, leavesTwo, leavesTwo, leavesTwo])
      expect(rows.map(({ redriven_as }) => redriven_as)).toEqual(Array(5).fill(null))
      expect(await Promise.all(ids.map(statusOf))).toEqual(Array(5).fill('open'))
    })

    test('counts those only that would run', async () => {
      const { tenant, script, ids } = await givenRoomForTwo()
      await givenEventScript(database, tenant, { events: ['c.d'] }, { retry: false })
      await givenQuotas(tenant, { executions_per_hour: 8 })
      const last = await givenLetter(tenant, 'c.d')
      await call("select pgscript.set_script_status($1, $2, 'paused')", [tenant.key, script.name])
      const paused = 'The script is paused, and only active scripts run.'
      expect((await redrive(tenant)).map(({ problem }) => problem)).toEqual([...Array(5).fill(paused), null])
      expect([await statusOf(last), await statusOf(ids[0] ?? '')]).toEqual(['redriven', 'open'])
      await cancelWaiting(tenant)
    })
  })

  test('of stored bytes', async () => {
    const { tenant, id } = await givenDead()
    await givenQuotas(tenant, { stored_bytes: 1 })
    expect(
      await call('select redriven_as, problem from pgscript.redrive_dead_letters($1)', [tenant.key]),
    ).toEqual([{ redriven_as: null, problem: "The tenant's quota of 1 stored bytes is used up." }])
    expect(await statusOf(id)).toBe('open')
  })
})
