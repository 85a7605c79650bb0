import type { Database } from '../database/database.ts'
import { asIdentity, type Identity } from '../database/tenant-transaction.ts'

export interface LogLine {
  fence: number
  batch: number
  line: number
  attempt: number
  level: string
  atMs: number
  message: string
  fields: unknown
}

/** After which line to go on; absent: from the first. */
export type LogPosition = Pick<LogLine, 'fence' | 'batch' | 'line'>

export interface LogPage {
  lines: LogLine[]
  /** Of the execution, as of this look; null where the identity sees none of that id. */
  status: string | null
}

/**
 * The log lines of an execution after a position, in order, and how the execution stands. Lines come
 * within half a second of being written while it runs.
 */
export async function readLogs(
  database: Database,
  identity: Identity,
  executionId: string,
  after: LogPosition = { fence: -1, batch: -1, line: -1 },
): Promise<LogPage> {
  return await asIdentity(database, identity, async (client) => {
    // The status first: what ends between the two statements is seen at the next look.
    const execution = await client.query<{ status: string }>(
      'select status from pgscript.executions where id = $1',
      [executionId],
    )
    const { rows } = await client.query<LogLine>(
      `select fence, batch, line, attempt, level, at_ms as "atMs", message, fields
       from pgscript.execution_logs
       where execution_id = $1 and (fence, batch, line) > ($2, $3, $4)
       order by fence, batch, line
       limit 1000`,
      [executionId, after.fence, after.batch, after.line],
    )
    return { lines: rows, status: execution.rows[0]?.status ?? null }
  })
}
