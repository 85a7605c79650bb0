import type { Database } from '../database/database.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { requeueLost } from '../queue/requeue-lost.ts'
import type { Bell } from './bell.ts'

export interface ReaperOptions {
  database: Database
  metrics: Pick<Metrics, 'leaseTakeovers'>
  logger: Logger
  leaseSeconds: number
}

/** Any node may take over what a lost one left; a quarter lease between looks keeps takeover within 1.5 leases. */
export function startReaper(options: ReaperOptions, work: Bell, thorough: () => boolean): NodeJS.Timeout {
  const { database, metrics, logger, leaseSeconds } = options
  return setInterval(
    () => {
      requeueLost(database, thorough()).then(
        (count) => {
          if (count === 0) return
          metrics.leaseTakeovers.inc(count)
          logger.warn({ executions: count }, 'took over executions of a lost node')
          work.ring()
        },
        (error) => logger.warn({ err: error }, 'looking for lost executions failed'),
      )
    },
    (leaseSeconds * 1000) / 4,
  )
}
