import { describe, expect, test } from 'vitest'

import { completeExecutions } from '../../src/executor/report-executions.ts'
import { givenExecutions } from '../support/given-executions.ts'
import { givenScript } from '../support/given-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import { claim, claimOne, reportOn, useEmptyLedger } from '../support/use-ledger.ts'
import { openTransaction } from './second-connection.ts'

describe('a transaction that stays open', () => {
  const database = useDatabase()
  useEmptyLedger(database)

  test.each([
    [
      'the limits of the tenant',
      `select pgscript.upsert_tenant($1, limits => '{"concurrent_runs_per_tenant": 7}')`,
    ],
    [
      'its limits for each script',
      `select pgscript.upsert_tenant($1, limits => '{"concurrent_runs_per_script": 3}')`,
    ],
    ['its weight', 'select pgscript.upsert_tenant($1, weight => 5)'],
    ['its status', "select pgscript.upsert_tenant($1, status => 'suspended')"],
  ])('and has changed %s holds up neither its completions nor its claims', async (_, change) => {
    const tenant = await givenTenant(database)
    const script = await givenScript(database, tenant)
    await givenExecutions(database, script, { count: 2 })
    const first = await claimOne(database.node)
    const changing = await openTransaction(database)
    await changing.run(change, [tenant.key])

    expect((await completeExecutions(database.node, [reportOn(first)])).size).toBe(1)
    const second = await claimOne(database.node)
    expect((await completeExecutions(database.node, [reportOn(second)])).size).toBe(1)
    await changing.commit()
  })

  test('and has changed the limits of a script holds up neither', async () => {
    const tenant = await givenTenant(database)
    const script = await givenScript(database, tenant)
    await givenExecutions(database, script, { count: 2 })
    const first = await claimOne(database.node)
    const changing = await openTransaction(database)
    await changing.run(
      `update pgscript.scripts set limits = '{"concurrent_runs_per_script": 1}' where id = $1`,
      [script.id],
    )
    expect((await completeExecutions(database.node, [reportOn(first)])).size).toBe(1)
    expect(await claim(database.node, 1)).toHaveLength(1)
    await changing.commit()
  })

  test('and cancels what is first in the queue does not keep a node with one free slot from the next', async () => {
    const tenant = await givenTenant(database)
    const script = await givenScript(database, tenant)
    const ids = await givenExecutions(database, script, { count: 4 })
    const cancelling = await openTransaction(database)
    for (const id of ids.slice(0, 3)) {
      await cancelling.run('select pgscript.cancel_execution($1, $2)', [tenant.key, id])
    }
    expect((await claim(database.node, 1)).map(({ id }) => id)).toEqual([ids[3]])
    await cancelling.rollback()
    expect(new Set((await claim(database.node, 4)).map(({ id }) => id))).toEqual(new Set(ids.slice(0, 3)))
  })

  test('and cancels does not let a claim take more of a script than may run', async () => {
    const tenant = await givenTenant(database, { limits: { concurrent_runs_per_script: 2 } })
    const script = await givenScript(database, tenant)
    const ids = await givenExecutions(database, script, { count: 5 })
    const cancelling = await openTransaction(database)
    await cancelling.run('select pgscript.cancel_execution($1, $2)', [tenant.key, ids[0]])
    expect((await claim(database.node, 5)).map(({ id }) => id).toSorted()).toEqual(ids.slice(1, 3).toSorted())
    expect(await claim(database.node, 5)).toEqual([])
  })
})
