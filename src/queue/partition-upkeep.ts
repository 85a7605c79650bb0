import { type Database, query } from '../database/database.ts'
import type { Logger } from '../log.ts'

interface Upkeep {
  made: number
  dropped: number
  keys: number
  stragglers: number
  watches: number
}

/** Makes partitions ahead, drops those whose executions have expired, and forgets what names nothing any more. */
export async function keepUpPartitions(database: Database, logger: Logger): Promise<void> {
  // One statement each: a reader who holds up a drop must not take the new partitions with it.
  const [made] = await query<Pick<Upkeep, 'made'>>(
    database,
    'select pgscript_engine.ensure_partitions() as made',
  )
  const [dropped] = await query<Pick<Upkeep, 'dropped'>>(
    database,
    'select pgscript_engine.drop_expired_partitions() as dropped',
  )
  const [keys] = await query<Pick<Upkeep, 'keys'>>(database, 'select pgscript_engine.forget_keys() as keys')
  const [stragglers] = await query<Pick<Upkeep, 'stragglers'>>(
    database,
    'select pgscript_engine.forget_stragglers() as stragglers',
  )
  const [watches] = await query<Pick<Upkeep, 'watches'>>(
    database,
    'select pgscript_engine.forget_dropped_watches() as watches',
  )
  logger.info({ ...made, ...dropped, ...keys, ...stragglers, ...watches }, 'partitions kept up')
}
