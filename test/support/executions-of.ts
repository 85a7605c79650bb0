import type { GivenScript } from './given-script.ts'
import { judge } from './given-script.ts'
import { type GivenTenant, onlyRow } from './given-tenant.ts'
import { type UntilOptions, until } from './until.ts'
import type { TestDatabase } from './use-database.ts'

/** For the tests that start and stop nodes: what runs there, and what became of it. */
export interface ExecutionState {
  id: string
  status: string
  attempt: number
  takeovers: number
  node_id: string | null
  input: Record<string, unknown>
  output: unknown
  error: { code: string } | null
  started_at: Date | null
  finished_at: Date | null
}

let scripts = 0

/** An active script with this source, judged without a node. */
export async function givenSource(
  database: TestDatabase,
  tenant: GivenTenant,
  source: string,
  limits: Record<string, number> = {},
): Promise<GivenScript> {
  scripts += 1
  const name = `script-${scripts}`
  const { rows } = await database.owner.query<{ id: string }>(
    'select id from pgscript.save_script($1, $2, $3, limits => $4)',
    [tenant.key, name, source, limits],
  )
  const script = { tenant, name, id: onlyRow(rows).id }
  await judge(database, script, 1, 'accepted')
  await database.owner.query('select pgscript.activate_script($1, $2)', [tenant.key, name])
  return script
}

/** Takes `input.ms` milliseconds, and tells which run it was and when it ran. */
export const waits = `export default async (input, context) => {
  const from = Date.now()
  await new Promise((resolve) => setTimeout(resolve, input.ms ?? 0))
  return { execution: context.executionId, from, to: Date.now() }
}`

/** Asks for runs by plain SQL, in one transaction; an input each. */
export async function execute(
  database: TestDatabase,
  script: GivenScript,
  inputs: readonly Record<string, unknown>[],
): Promise<string[]> {
  const { rows } = await database.owner.query<{ id: string }>(
    `select pgscript.execute_script($1, $2, input) as id
     from jsonb_array_elements($3::jsonb) as input`,
    [script.tenant.key, script.name, JSON.stringify(inputs)],
  )
  return rows.map(({ id }) => id)
}

export async function executionsOf(database: TestDatabase, tenant: GivenTenant): Promise<ExecutionState[]> {
  const { rows } = await database.owner.query<ExecutionState>(
    `select id, status, attempt, takeovers, node_id, input, output, error, started_at, finished_at
     from pgscript.executions where tenant_id = $1 order by id`,
    [tenant.id],
  )
  return rows
}

/** The tenant's executions, as soon as `count` of them run. */
export async function whenRunning(
  database: TestDatabase,
  tenant: GivenTenant,
  count: number,
): Promise<ExecutionState[]> {
  return await until(
    async () => {
      const running = (await executionsOf(database, tenant)).filter(({ status }) => status === 'running')
      return running.length >= count && running
    },
    { what: `${count} executions run` },
  )
}

/** The tenant's executions when none waits or runs any more. */
export async function whenFinished(
  database: TestDatabase,
  tenant: GivenTenant,
  options: UntilOptions = {},
): Promise<ExecutionState[]> {
  await until(
    async () => {
      const { rows } = await database.owner.query(
        'select from pgscript_engine.live_executions where tenant_id = $1 limit 1',
        [tenant.id],
      )
      return rows.length === 0
    },
    { what: 'every execution finished', ...options },
  )
  return await executionsOf(database, tenant)
}
