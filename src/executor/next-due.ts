import { type Database, query } from '../database/database.ts'

/** Milliseconds until the next waiting execution becomes due; infinite where none is put off. */
export async function nextDueIn(database: Pick<Database, 'pool'>): Promise<number> {
  const [row] = await query<{ seconds: number | null }>(
    database,
    'select pgscript_engine.next_due_in() as seconds',
  )
  return row?.seconds == null ? Number.POSITIVE_INFINITY : Math.max(0, row.seconds * 1000)
}
