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
  input: unknown
  output: unknown
  error: unknown
  logs: unknown[]
  metrics: unknown
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
         execution.input, execution.output, execution.error, execution.metrics,
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
         ) as logs
       from pgscript.executions as execution
       left join pgscript.scripts as script
         on script.tenant_id = execution.tenant_id and script.id = execution.script_id
       where execution.id = $1`,
      [id],
    )
    return rows[0] ?? null
  })
}
