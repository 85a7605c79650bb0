import { describe, expect, test } from 'vitest'

import { completeExecutions, failExecutions } from '../../src/executor/report-executions.ts'
import { eventsOf, givenEventScript, insertEvent } from '../support/given-event-script.ts'
import { givenExecutions } from '../support/given-executions.ts'
import { givenScript, judge } from '../support/given-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import { claimOne, failureOf, reportOn } from '../support/use-ledger.ts'

describe('events of the life cycle', () => {
  const database = useDatabase()

  test('of executions are published to those who subscribe, and carry how they ended', async () => {
    const tenant = await givenTenant(database)
    const script = await givenScript(database, tenant)
    await givenEventScript(database, tenant, { events: ['pgscript.execution.*'] })
    await givenExecutions(database, script)
    const [first] = [await claimOne(database.node)]
    await completeExecutions(database.node, [reportOn(first)])
    const told = await claimOne(database.node)
    expect(JSON.parse(told.input)).toMatchObject({
      executionId: first.id,
      script: script.name,
      status: 'completed',
      error: null,
    })
    await givenExecutions(database, script)
    const second = await claimOne(database.node)
    await failExecutions(database.node, [failureOf(second, { retryable: false })])
    expect(await eventsOf(database, tenant)).toMatchObject([
      { type: 'pgscript.execution.completed', source: 'engine', status: 'accepted' },
      {
        type: 'pgscript.execution.failed',
        payload: { executionId: second.id, error: { code: 'script_error' } },
      },
    ])
    // The end of the run that was told is no news.
    await completeExecutions(database.node, [reportOn(told)])
    expect(await eventsOf(database, tenant)).toHaveLength(2)
    await completeExecutions(database.node, [reportOn(await claimOne(database.node))])
  })

  test('are told of a run at the end of a long chain as well', async () => {
    const tenant = await givenTenant(database)
    const script = await givenScript(database, tenant)
    await givenEventScript(database, tenant, { events: ['pgscript.execution.failed'] })
    await database.owner.query(
      `select pgscript_engine.enqueue_executions(array[row($1, $2, 1, 'event', '{}', 0, now(), 1, null, null, null, null,
         '{"depth": 16}')::pgscript_engine.execution_request])`,
      [tenant.id, script.id],
    )
    const last = await claimOne(database.node)
    await failExecutions(database.node, [failureOf(last, { retryable: false })])
    expect(await eventsOf(database, tenant)).toMatchObject([
      { type: 'pgscript.execution.failed', status: 'accepted', depth: 16 },
    ])
    // What hears of it is beyond the limit, so it cannot go on with the chain.
    const heard = await claimOne(database.node)
    const { rows } = await database.owner.query(
      'select cause from pgscript_engine.live_executions where id = $1',
      [heard.id],
    )
    expect(rows).toMatchObject([{ cause: { depth: 17 } }])
    await completeExecutions(database.node, [reportOn(heard)])
  })

  test('are not published where nobody subscribes, nor to *', async () => {
    const tenant = await givenTenant(database)
    await givenEventScript(database, tenant, { events: ['*'] })
    await givenEventScript(database, tenant, { events: ['pgscript.execution.failed'] })
    await insertEvent(database, tenant, 'order.created')
    await completeExecutions(database.node, [reportOn(await claimOne(database.node))])
    expect((await eventsOf(database, tenant)).map(({ type }) => type)).toEqual(['order.created'])
  })

  test('of scripts: created, updated, status changed, deleted', async () => {
    const tenant = await givenTenant(database)
    const { owner } = database
    await givenEventScript(database, tenant, { events: ['pgscript.script.*'] })
    const { rows } = await owner.query(
      "select id from pgscript.save_script($1, 'one', 'export default () => 1')",
      [tenant.key],
    )
    await owner.query("select pgscript.save_script($1, 'one', 'export default () => 2')", [tenant.key])
    await judge(database, { tenant, id: rows[0].id, name: 'one' }, 2, 'accepted')
    await owner.query("select pgscript.activate_script($1, 'one')", [tenant.key])
    await owner.query("select pgscript.set_script_status($1, 'one', 'archived')", [tenant.key])
    const heard = (await eventsOf(database, tenant)).filter(
      ({ payload }) => (payload as { script: string }).script === 'one',
    )
    expect(heard.map(({ type }) => type)).toEqual([
      'pgscript.script.created',
      'pgscript.script.updated',
      'pgscript.script.status_changed',
      'pgscript.script.deleted',
    ])
    expect(heard[2]?.payload).toMatchObject({ before: 'draft', status: 'active', activeVersion: 2 })
  })
})
