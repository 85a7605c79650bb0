import { afterEach, describe, expect, test } from 'vitest'
import { transaction } from '../../src/database/database.ts'
import { asIdentity } from '../../src/database/tenant-transaction.ts'
import { failExecutions } from '../../src/executor/report-executions.ts'
import { givenHostRole } from '../support/call.ts'
import { type EventScriptOptions, givenEventScript, insertEvent } from '../support/given-event-script.ts'
import { type GivenScript, judge } from '../support/given-script.ts'
import { type GivenTenant, givenTenant, identityIn } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import { claimOne, failureOf } from '../support/use-ledger.ts'

describe('dead letters', () => {
  const database = useDatabase()

  async function givenDead(
    payloads: readonly unknown[] = [{ order: 1 }],
    options: EventScriptOptions = { retry: false },
  ): Promise<{ tenant: GivenTenant; script: GivenScript }> {
    const tenant = await givenTenant(database)
    const script = await givenEventScript(database, tenant, { events: ['order.*'] }, options)
    for (const payload of payloads) {
      await insertEvent(database, tenant, 'order.created', payload)
      const claimed = await claimOne(database.node)
      await failExecutions(database.node, [
        failureOf(claimed, { retryable: false, message: `Order ${JSON.stringify(payload)} is "odd"` }),
      ])
    }
    return { tenant, script }
  }

  // What a test leaves waiting would be claimed by the next.
  afterEach(async () => {
    await database.owner.query(
      `select pgscript.cancel_execution(tenant.key, execution.id)
       from pgscript_engine.live_executions as execution
       join pgscript.tenants as tenant on tenant.id = execution.tenant_id`,
    )
  })

  const lettersOf = async (tenant: GivenTenant) =>
    (
      await database.owner.query(
        'select * from pgscript.dead_letters where tenant_id = $1 order by execution_id',
        [tenant.id],
      )
    ).rows
  const redrive = async (tenant: GivenTenant, parameters: string, values: unknown[] = []) =>
    (
      await database.owner.query(`select * from pgscript.redrive_dead_letters($1, ${parameters})`, [
        tenant.key,
        ...values,
      ])
    ).rows

  test('keep event, input, version, error and attempts', async () => {
    const { tenant, script } = await givenDead()
    expect(await lettersOf(tenant)).toMatchObject([
      {
        script_id: script.id,
        version: 1,
        trigger_type: 'event',
        event_type: 'order.created',
        event_id: expect.any(String),
        input: { order: 1 },
        error: { message: 'Order {"order":1} is "odd"' },
        attempts: 1,
        status: 'open',
      },
    ])
  })

  test('are only of failures for good: one that is tried again is none', async () => {
    const tenant = await givenTenant(database)
    await givenEventScript(database, tenant, { events: ['order.*'] }, { limits: { retries: 1 } })
    await insertEvent(database, tenant, 'order.created')
    for (const expected of [0, 1]) {
      const claimed = await claimOne(database.node)
      await failExecutions(database.node, [failureOf(claimed, { retryable: true, retryAfterSeconds: 0 })])
      expect(await lettersOf(tenant)).toHaveLength(expected)
    }
    expect(await lettersOf(tenant)).toMatchObject([{ attempts: 2 }])
  })

  test('are grouped by what went wrong, whatever numbers and names it went wrong with', async () => {
    const { tenant } = await givenDead([{ order: 1 }, { order: 22 }])
    await insertEvent(database, tenant, 'order.created', {})
    const claimed = await claimOne(database.node)
    await failExecutions(database.node, [failureOf(claimed, { retryable: false, message: 'Something else' })])
    const { rows } = await database.owner.query(
      "select letters::int, last_error ->> 'message' as message from pgscript.dead_letter_groups where tenant_id = $1 order by letters desc",
      [tenant.id],
    )
    expect(rows).toEqual([
      { letters: 2, message: 'Order {"order":22} is "odd"' },
      { letters: 1, message: 'Something else' },
    ])
  })

  test('are redriven on the version that is active then, linked both ways', async () => {
    const { tenant, script } = await givenDead()
    const { owner } = database
    await owner.query("select pgscript.save_script($1, $2, 'export default () => 2')", [
      tenant.key,
      script.name,
    ])
    await judge(database, script, 2, 'accepted')
    await owner.query('select pgscript.activate_script($1, $2)', [tenant.key, script.name])
    const [letter] = await lettersOf(tenant)

    const [redriven] = await redrive(tenant, 'ids => $2', [[letter.execution_id]])
    expect(redriven).toMatchObject({ execution_id: letter.execution_id, problem: null })
    expect(await lettersOf(tenant)).toMatchObject([{ status: 'redriven', redriven_as: redriven.redriven_as }])
    const { rows } = await owner.query('select * from pgscript.executions where id = $1', [
      redriven.redriven_as,
    ])
    expect(rows).toMatchObject([
      {
        version: 2,
        status: 'pending',
        trigger_type: 'event',
        input: { order: 1 },
        cause: { redrive_of: letter.execution_id, event: { id: letter.event_id } },
      },
    ])
    expect(await redrive(tenant, 'ids => $2', [[letter.execution_id]])).toEqual([])
  })

  test('a dry run says what would be done, and does nothing', async () => {
    const { tenant } = await givenDead([1, 2])
    const rows = await redrive(tenant, 'dry_run => true')
    expect(rows).toMatchObject([
      { redriven_as: null, problem: null },
      { redriven_as: null, problem: null },
    ])
    expect(await lettersOf(tenant)).toMatchObject([{ status: 'open' }, { status: 'open' }])
    const { rows: waiting } = await database.owner.query(
      "select from pgscript.executions where tenant_id = $1 and status = 'pending'",
      [tenant.id],
    )
    expect(waiting).toEqual([])
  })

  test('are redriven at a rate', async () => {
    const { tenant } = await givenDead([1, 2, 3])
    const rows = await redrive(tenant, 'per_minute => 60')
    const times = rows.map(({ run_at }) => Math.round(run_at.getTime() / 100) / 10)
    expect(times.map((time) => Math.round(time - (times[0] ?? 0)))).toEqual([0, 1, 2])
  })

  test('are chosen by a filter', async () => {
    const { tenant, script } = await givenDead([1, 2])
    const [first] = await lettersOf(tenant)
    const chosen = async (filter: unknown) =>
      (await redrive(tenant, 'filter => $2, dry_run => true', [JSON.stringify(filter)])).length
    expect(await chosen({})).toBe(2)
    expect(await chosen({ script: script.name, eventType: 'order.created' })).toBe(2)
    expect(await chosen({ script: 'another' })).toBe(0)
    expect(await chosen({ fingerprint: first.fingerprint })).toBe(2)
    expect(await chosen({ fingerprint: 'x' })).toBe(0)
    expect(await chosen({ code: first.error.code })).toBe(2)
    expect(await chosen({ failedAfter: '2100-01-01T00:00:00Z' })).toBe(0)
    expect(await chosen({ failedBefore: '2100-01-01T00:00:00Z' })).toBe(2)
    for (const filter of [{ scripts: 'x' }, [], { failedAfter: 'soon' }, { script: null }, { code: 5 }]) {
      await expect(chosen(filter)).rejects.toMatchObject({ constraint: 'invalid_filter' })
    }
  })

  test('an input is edited before, or given with the redrive', async () => {
    const { tenant } = await givenDead([{ order: 1 }, { order: 2 }])
    const [first, second] = await lettersOf(tenant)
    await database.owner.query('select pgscript.edit_dead_letter($1, $2, $3)', [
      tenant.key,
      first.execution_id,
      '{"order": 10}',
    ])
    await redrive(tenant, 'ids => $2', [[first.execution_id]])
    await redrive(tenant, 'ids => $2, input => $3', [[second.execution_id], '{"order": 20}'])
    const { rows } = await database.owner.query(
      "select input from pgscript.executions where tenant_id = $1 and status = 'pending' order by id",
      [tenant.id],
    )
    expect(rows).toEqual([{ input: { order: 10 } }, { input: { order: 20 } }])
    await expect(redrive(tenant, "input => '{}'")).rejects.toMatchObject({ constraint: 'invalid_input' })
  })

  test('of a script that does not run stay where they are, and say why', async () => {
    const { tenant, script } = await givenDead()
    await database.owner.query("select pgscript.set_script_status($1, $2, 'paused')", [
      tenant.key,
      script.name,
    ])
    expect(await redrive(tenant, 'filter => null')).toMatchObject([
      { redriven_as: null, problem: 'The script is paused, and only active scripts run.' },
    ])
    expect(await lettersOf(tenant)).toMatchObject([{ status: 'open' }])
  })

  test('are discarded, and forgotten 30 days later', async () => {
    const { tenant } = await givenDead([1, 2])
    const [first] = await lettersOf(tenant)
    const { rows } = await database.owner.query('select pgscript.discard_dead_letters($1, ids => $2) as n', [
      tenant.key,
      [first.execution_id],
    ])
    expect(rows).toEqual([{ n: 1 }])
    expect((await lettersOf(tenant)).map(({ status }) => status).sort()).toEqual(['discarded', 'open'])
    await database.owner.query(
      "update pgscript.dead_letters set resolved_at = now() - interval '31 days' where execution_id = $1",
      [first.execution_id],
    )
    await database.node.pool.query('select pgscript_engine.forget_keys()')
    expect(await lettersOf(tenant)).toMatchObject([{ status: 'open' }])
    await expect(
      database.owner.query('select pgscript.discard_dead_letters($1)', [tenant.key]),
    ).rejects.toMatchObject({ constraint: 'invalid_filter' })
  })

  test('need the permission, and are of their tenant only', async () => {
    const { tenant } = await givenDead()
    const other = await givenTenant(database)
    const call = 'select * from pgscript.redrive_dead_letters(null)'
    const refused = asIdentity(database.node, identityIn(tenant, ['scripts.execute']), (client) =>
      client.query(call),
    )
    await expect(refused).rejects.toMatchObject({ code: 'permission_denied' })
    const theirs = await asIdentity(database.node, identityIn(other), (client) => client.query(call))
    expect(theirs.rows).toEqual([])
    const role = await givenHostRole(database, [tenant.key])
    const ours = await transaction({ pool: database.owner }, async (client) => {
      await client.query(`set local role ${role}`)
      return await client.query('select * from pgscript.redrive_dead_letters($1)', [tenant.key])
    })
    expect(ours.rows).toHaveLength(1)
  })
})
