import { beforeAll, describe, expect, test } from 'vitest'

import { as } from '../support/call.ts'
import { givenExecutions } from '../support/given-executions.ts'
import { type GivenScript, givenScript } from '../support/given-script.ts'
import { givenTenant, identityIn } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import { plantHistory, plantWeek } from './planted.ts'

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: Plan[]
}

const perWeek = 2_000
const weeks = [3, 2, 1]

describe('lists of executions', () => {
  const database = useDatabase()
  let script: GivenScript
  let rare: GivenScript

  beforeAll(async () => {
    script = await givenScript(database, await givenTenant(database))
    rare = await givenScript(database, script.tenant)
    const others = await Promise.all(
      [0, 1].map(async () => givenScript(database, await givenTenant(database))),
    )
    for (const weeksAgo of weeks) {
      await plantWeek(database, weeksAgo)
      for (const each of [script, ...others]) await plantHistory(database, each, { weeksAgo, count: perWeek })
      await plantHistory(database, rare, { weeksAgo, count: 20 })
    }
    for (const each of [script, ...others]) await givenExecutions(database, each, { count: 500 })
    await database.owner.query('analyze')
  })

  /** Reads as a user does, and says how: the scans of tables, and how many rows they gave or threw away. */
  async function read(condition: string, values: unknown[] = [], limit = 50) {
    // The tenant is named: its policy alone hides the others' rows, but below a union it gives no order.
    const statement = `select * from pgscript.executions
      where tenant_id = (select pgscript.current_tenant_id()) ${condition} order by id desc limit ${limit}`
    const identity = identityIn(script.tenant)
    const rows = await as<{ id: string; created_at: Date }>(database, identity, statement, values)
    const [explained] = await as<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      database,
      identity,
      `explain (analyze, buffers, format json) ${statement}`,
      values,
    )
    const plan = explained?.['QUERY PLAN'][0].Plan
    if (!plan) throw new Error('no plan')
    return { rows, plan }
  }

  const all = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(all)]
  /** Not those inside policies, which look the context up once. */
  const touched = (plan: Plan) =>
    all(plan)
      .filter((node) => node['Relation Name'])
      .reduce(
        (sum, node) =>
          sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
        0,
      )

  function expectCheap(plan: Plan, most: number) {
    const nodes = all(plan)
    // An empty partition is read as a whole; there is nothing in it.
    const whole = nodes.filter((node) => node['Node Type'] === 'Seq Scan' && node['Actual Rows'] > 0)
    expect(whole.map((node) => node['Relation Name'])).toEqual([])
    expect(touched(plan)).toBeLessThanOrEqual(most)
  }

  const newestFirst = (rows: readonly { id: string }[]) => {
    const ids = rows.map(({ id }) => id)
    expect(ids).toEqual([...ids].sort().reverse())
  }

  test('newest first', async () => {
    const { rows, plan } = await read('')
    expect(rows).toHaveLength(50)
    newestFirst(rows)
    expectCheap(plan, 200)
    expect(all(plan).map((node) => node['Node Type'])).toContain('Merge Append')
  })

  test('page after page, from the waiting ones into the history', async () => {
    const first = await read('', [], 490)
    const second = await read('and id < $1', [first.rows.at(-1)?.id])
    expect(second.rows).toHaveLength(50)
    newestFirst([...first.rows, ...second.rows])
    expectCheap(second.plan, 200)
  })

  test('of one script', async () => {
    const { rows, plan } = await read('and script_id = $1', [rare.id])
    expect(rows).toHaveLength(50)
    newestFirst(rows)
    expectCheap(plan, 700)
  })

  test('in one state', async () => {
    const failed = await read("and status = 'failed'")
    expect(failed.rows).toHaveLength(50)
    newestFirst(failed.rows)
    expectCheap(failed.plan, 700)

    const pending = await read("and status = 'pending'")
    expect(pending.rows).toHaveLength(50)
    expectCheap(pending.plan, 700)
  })

  test('by trigger', async () => {
    const { rows, plan } = await read("and trigger_type = 'cron'")
    expect(rows).toHaveLength(50)
    newestFirst(rows)
    expectCheap(plan, 700)
  })

  test('of a time', async () => {
    const { rows: bounds } = await database.owner.query<{ from: string; to: string }>(
      `select pgscript_engine.first_id(week) as from, pgscript_engine.first_id(week + interval '1 day') as to
       from (select date_trunc('week', now(), 'UTC') - interval '13 days' as week) as moment`,
    )
    const { rows, plan } = await read('and id >= $1 and id < $2', [bounds[0]?.from, bounds[0]?.to])
    expect(rows).toHaveLength(50)
    newestFirst(rows)
    expectCheap(plan, 200)
  })

  test('one, by its id', async () => {
    const { rows } = await read("and created_at < now() - interval '10 days'", [], 1)
    const found = await read('and id = $1', [rows[0]?.id])
    expect(found.rows).toHaveLength(1)
    expectCheap(found.plan, 5)
  })
})
