import type { GivenScript } from './given-script.ts'
import { onlyRow } from './given-tenant.ts'
import type { TestDatabase } from './use-database.ts'

export interface ExecutionOptions {
  count?: number
  priority?: number
  /** A moment, or how long from now: `1 hour`, `-5 seconds`. */
  runIn?: string
  maxAttempts?: number
  idempotencyKey?: string
  awaitedBy?: string
}

/** Executions on the queue, put there as the engine does; their ids in order. */
export async function givenExecutions(
  database: TestDatabase,
  script: GivenScript,
  options: ExecutionOptions = {},
): Promise<string[]> {
  const { count = 1, priority, runIn = '0', maxAttempts, idempotencyKey, awaitedBy } = options
  const { rows } = await database.owner.query<{ id: string }>(
    `select enqueued.id
     from pgscript_engine.enqueue_executions(array(
       select row($1, $2, 1, 'api', jsonb_build_object('number', number), $3, now() + $4::interval, $5, null, null,
         $6, $7, null)::pgscript_engine.execution_request
       from generate_series(1, $8) as number
     )) as enqueued
     order by enqueued.ordinal`,
    [script.tenant.id, script.id, priority, runIn, maxAttempts, idempotencyKey, awaitedBy, count],
  )
  return rows.map(({ id }) => id)
}

export interface LedgerRow {
  status: string
  attempt: number
  takeovers: number
  node_id: string | null
  output: unknown
  error: { code: string } | null
  run_at: Date
}

/** An execution wherever it is now. */
export async function findExecution(database: TestDatabase, id: string): Promise<LedgerRow> {
  const { rows } = await database.owner.query<LedgerRow>(
    'select status, attempt, takeovers, node_id, output, error, run_at from pgscript.executions where id = $1',
    [id],
  )
  return onlyRow(rows)
}
