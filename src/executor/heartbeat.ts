import type { Database } from '../database/database.ts'
import type { Logger } from '../log.ts'
import { keepLeases } from './lease-keeper.ts'

export interface Heartbeat {
  stop(): void
}

/** Says that a node lives which runs nothing; an executor's lease keeper says it for itself. */
export function startHeartbeat(database: Database, leaseSeconds: number, logger: Logger): Heartbeat {
  return keepLeases({ database, logger, leaseSeconds })
}
