import { type Database, query } from '../database/database.ts'
import { storableJson } from '../database/storable-json.ts'
import type { Logger } from '../log.ts'
import type { SandboxLogLine } from '../sandbox/sandbox.ts'
import { type Lease, leaseArrays } from './lease.ts'

/** Writes the log lines of runs while they go on, so that they can be followed. */
export interface LogWriter {
  open(lease: Lease): RunLog
  stop(): void
}

/** The log of one run. */
export interface RunLog {
  add(lines: readonly SandboxLogLine[]): void
  /**
   * Ends the writing and gives the lines that were not kept yet, for the result to carry. A run that is
   * over within the interval, as most are, costs no statement of its own.
   */
  close(): Promise<SandboxLogLine[]>
}

/** How old a line may be before it can be read. */
const intervalMs = 500

interface OpenLog {
  lease: Lease
  waiting: SandboxLogLine[]
  batches: number
}

export function createLogWriter(database: Database, logger: Logger): LogWriter {
  const open = new Map<string, OpenLog>()
  let writing: Promise<void> = Promise.resolve()
  let under: boolean = false

  async function write() {
    const logs = [...open.values()].filter((log) => log.waiting.length > 0)
    if (under || logs.length === 0) return
    under = true
    const batches = logs.map((log) => ({ log, lines: log.waiting.splice(0) }))
    try {
      await appendLogs(
        database,
        batches.map(({ log, lines }) => ({ lease: log.lease, batch: log.batches, lines })),
      )
      for (const { log } of batches) log.batches += 1
    } catch (error) {
      // They go with the next batch, or with the result.
      for (const { log, lines } of batches) log.waiting.unshift(...lines)
      logger.warn({ err: error, executions: batches.length }, 'log lines could not be written')
    } finally {
      under = false
    }
  }

  const timer = setInterval(() => {
    writing = write()
  }, intervalMs)

  return {
    open(lease) {
      const log: OpenLog = { lease, waiting: [], batches: 0 }
      open.set(lease.id, log)
      return {
        add: (lines) => void log.waiting.push(...lines),
        async close() {
          if (open.get(lease.id) === log) open.delete(lease.id)
          if (log.waiting.length > 0 || log.batches > 0 || under) await writing
          return log.waiting
        },
      }
    },
    stop: () => clearInterval(timer),
  }
}

interface LogBatch {
  lease: Lease
  batch: number
  lines: readonly SandboxLogLine[]
}

async function appendLogs(database: Database, batches: readonly LogBatch[]): Promise<void> {
  await query(
    database,
    `select pgscript_engine.append_logs(
       node_id => $1, tenant_ids => $2, ids => $3, fences => $4, batches => $5, lines => $6)`,
    [
      database.nodeId,
      ...leaseArrays(batches.map(({ lease }) => lease)),
      batches.map(({ batch }) => batch),
      batches.map(({ lines }) => storableJson(JSON.stringify(lines))),
    ],
  )
}
