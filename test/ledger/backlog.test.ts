import { beforeEach, describe, expect, test } from 'vitest'

import { givenExecutions } from '../support/given-executions.ts'
import { type GivenScript, givenScript } from '../support/given-script.ts'
import { givenTenant, onlyRow } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import { claim, useEmptyLedger } from '../support/use-ledger.ts'

const backlog = 20_000

describe('a long queue', () => {
  const database = useDatabase()
  useEmptyLedger(database)
  let busy: GivenScript
  let other: GivenScript

  beforeEach(async () => {
    const tenant = await givenTenant(database, { limits: { concurrent_runs_per_script: 2 } })
    busy = await givenScript(database, tenant)
    other = await givenScript(database, tenant)
  })

  /** Pages that a claim's look for due work touches, once what it reads is in memory. */
  async function pagesRead(): Promise<number> {
    const explain = async () => {
      const { rows } = await database.owner.query<{
        'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number } }]
      }>(
        `explain (analyze, buffers, format json)
         select * from pgscript_engine.due_executions('${busy.tenant.id}', 10)`,
      )
      return onlyRow(rows)['QUERY PLAN'][0].Plan['Shared Hit Blocks']
    }
    await explain()
    return await explain()
  }

  test('of a script at its limit is not read past, and holds up no other script', async () => {
    await givenExecutions(database, busy, { count: 3 })
    expect(await claim(database.node, 2)).toHaveLength(2)
    await givenExecutions(database, other, { count: 1 })
    const before = await pagesRead()

    await givenExecutions(database, busy, { count: backlog, priority: 5, runIn: '-1 hour' })
    expect(await pagesRead()).toBeLessThan(before + 50)
    expect((await claim(database.node, 5)).map(({ script_id }) => script_id)).toEqual([other.id])
  })

  test('of what is due later costs nothing', async () => {
    await givenExecutions(database, other, { count: 1 })
    const before = await pagesRead()
    await givenExecutions(database, busy, { count: backlog, runIn: '1 hour' })
    expect(await pagesRead()).toBeLessThan(before + 50)
    expect((await claim(database.node, 5)).map(({ script_id }) => script_id)).toEqual([other.id])
  })

  test('that is due costs no more than what is taken from it', async () => {
    await givenExecutions(database, busy, { count: 20 })
    const before = await pagesRead()
    await givenExecutions(database, busy, { count: backlog })
    expect(await pagesRead()).toBeLessThan(before + 50)
  })
})
