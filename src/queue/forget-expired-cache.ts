import { type Database, query } from '../database/database.ts'

/** As many as a minute can be late; what is left then goes with the next. */
const mostBatches = 20
const batchSize = 10_000

/**
 * Removes what scripts have cached and nobody can read any more, in short transactions.
 *
 * @returns how many entries.
 */
export async function forgetExpiredCache(database: Database): Promise<number> {
  let forgotten = 0
  for (let batch = 0; batch < mostBatches; batch += 1) {
    const [row] = await query<{ count: number }>(
      database,
      'select pgscript_engine.forget_expired_cache() as count',
    )
    forgotten += row?.count ?? 0
    if ((row?.count ?? 0) < batchSize) break
  }
  return forgotten
}
