import { type Database, query } from '../database/database.ts'

/**
 * Takes over what lost nodes left behind; any node may do it at any time.
 *
 * @param thorough also what a living node holds beyond its lease, which costs a look at every lease.
 * @returns how many executions went back to the queue.
 */
export async function requeueLost(database: Database, thorough = false): Promise<number> {
  const rows = await query<{ count: number }>(
    database,
    'select pgscript_engine.requeue_lost(thorough => $1) as count',
    [thorough],
  )
  return rows[0]?.count ?? 0
}
