import type { Database } from '../database/database.ts'
import { asIdentity, type Identity } from '../database/tenant-transaction.ts'

/** An execution as its readers get it; absent parts are null. */
export interface ExecutionRecord {
  id: string
  script: string
  version: number
  status: string
  triggerType: string
  attempt: number
  createdAt: string
  runAt: string
  startedAt: string | null
  finishedAt: string | null
  /** JSON texts, as the rest: a value may be nested too deeply for JavaScript to write it. */
  input: string
  output: string | null
  error: string | null
  logs: string
  metrics: string | null
}

/** The record as one JSON text; with its input or, for who may not read that, without. */
export function recordText(
  { input, output, error, metrics, logs, ...facts }: ExecutionRecord,
  withInput = true,
) {
  const parts = { ...(withInput && { input }), output, error, metrics, logs }
  const written = Object.entries(parts).map(([name, text]) => `,"${name}":${text ?? 'null'}`)
  return `${JSON.stringify(facts).slice(0, -1)}${written.join('')}}`
}

/** @returns the execution with its log, or null where the identity sees none of that id. */
export async function findExecution(
  database: Database,
  identity: Identity,
  id: string,
): Promise<ExecutionRecord | null> {
  return await asIdentity(database, identity, async (client) => {
    const { rows } = await client.query<ExecutionRecord>(
      `select
         execution.id, script.name as script, execution.version, execution.status,
         execution.trigger_type as "triggerType", execution.attempt,
         execution.created_at as "createdAt", execution.run_at as "runAt",
         execution.started_at as "startedAt", execution.finished_at as "finishedAt",
         execution.input::text as input, execution.output::text as output, execution.error::text as error,
         execution.metrics::text as metrics,
         coalesce(
           (
             select jsonb_agg(
               jsonb_build_object('level', line.level, 'at', line.at_ms, 'message', line.message)
                 || case when line.fields is null then '{}' else jsonb_build_object('fields', line.fields) end
               order by line.fence, line.batch, line.line)
             from pgscript.execution_logs as line
             where line.tenant_id = execution.tenant_id and line.execution_id = execution.id
           ),
           '[]'
         )::text as logs
       from pgscript.executions as execution
       left join pgscript.scripts as script
         on script.tenant_id = execution.tenant_id and script.id = execution.script_id
       where execution.id = $1`,
      [id],
    )
    return rows[0] ?? null
  })
}
