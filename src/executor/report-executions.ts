import { type Database, query } from '../database/database.ts'
import { type Lease, leaseArrays } from './lease.ts'

/** The outcome of an attempt; the JSON texts are storable as jsonb (see storable-json.ts). */
export interface Report extends Lease {
  status: 'completed' | 'cancelled' | 'failed' | 'timeout'
  output: string | null
  error: string | null
  metrics: string
  logs: string
}

/** What the ledger made of a report, by execution; one that is missing came after its lease was lost. */
export class Outcomes extends Map<string, 'final' | 'will be retried'> {
  /** `finished_at` of all that is final: the transaction's time. */
  readonly #recordedAt: Date | undefined

  constructor(rows: readonly { id: string; is_final: boolean; recorded_at: Date }[]) {
    super(rows.map((row) => [row.id, row.is_final ? 'final' : 'will be retried']))
    this.#recordedAt = rows[0]?.recorded_at
  }

  get recordedAt(): Date | undefined {
    return this.#recordedAt
  }
}

/** Hands final results to the ledger. */
export async function completeExecutions(database: Database, reports: readonly Report[]): Promise<Outcomes> {
  const rows = await query<{ id: string; is_final: boolean; recorded_at: Date }>(
    database,
    `select accepted as id, true as is_final, now() as recorded_at from pgscript_engine.complete_executions(
       node_id => $1, tenant_ids => $2, ids => $3, fences => $4, statuses => $5, outputs => $6, errors => $7,
       metrics => $8, logs => $9) as accepted`,
    [
      database.nodeId,
      ...leaseArrays(reports),
      reports.map((report) => report.status),
      reports.map((report) => report.output),
      reports.map((report) => report.error),
      reports.map((report) => report.metrics),
      reports.map((report) => report.logs),
    ],
  )
  return new Outcomes(rows)
}

/** Hands failed attempts to the ledger, which decides whether another one follows. */
export async function failExecutions(database: Database, reports: readonly Report[]): Promise<Outcomes> {
  const rows = await query<{ id: string; is_final: boolean; recorded_at: Date }>(
    database,
    `select id, is_final, now() as recorded_at from pgscript_engine.fail_executions(
       node_id => $1, tenant_ids => $2, ids => $3, fences => $4, statuses => $5, errors => $6, metrics => $7,
       logs => $8)`,
    [
      database.nodeId,
      ...leaseArrays(reports),
      reports.map((report) => report.status),
      reports.map((report) => report.error),
      reports.map((report) => report.metrics),
      reports.map((report) => report.logs),
    ],
  )
  return new Outcomes(rows)
}

/**
 * Gives executions back: unharmed when the node drains, `lost` when their sandbox host died.
 *
 * @returns how many went back to the queue; the others have been lost too often, or were no longer ours.
 */
export async function releaseExecutions(
  database: Database,
  leases: readonly Lease[],
  lost: boolean,
): Promise<number> {
  const rows = await query<{ count: number }>(
    database,
    `select pgscript_engine.release_executions(
       node_id => $1, tenant_ids => $2, ids => $3, fences => $4, lost => $5) as count`,
    [database.nodeId, ...leaseArrays(leases), lost],
  )
  return rows[0]?.count ?? 0
}
