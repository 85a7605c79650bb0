import type { ClientConfig } from 'pg'
import { PgBoss } from 'pg-boss'

import type { Database } from '../database/database.ts'
import { bossSchema } from '../database/install-pg-boss.ts'
import type { Logger } from '../log.ts'
import type { ScriptService } from '../scripts/script-service.ts'
import { anyUnchecked, checkVersions } from './check-versions.ts'
import { forgetExpiredCache } from './forget-expired-cache.ts'
import { keepUpPartitions } from './partition-upkeep.ts'
import { requeueLost } from './requeue-lost.ts'

/** Our own background work, each a pg-boss queue. */
const queues = {
  /** Every minute: the safety net under everything that is otherwise rung for. */
  tick: 'minute-tick',
  checkVersions: 'check-versions',
  partitions: 'partition-upkeep',
} as const

export interface Background {
  /** A version waits to be checked: asks for a job, however many nodes heard of it. */
  versionSaved(): void
  /** Whether pg-boss still works its queues. */
  running(): boolean
  close(): Promise<void>
}

export interface BackgroundOptions {
  connection: ClientConfig
  database: Database
  scripts: ScriptService
  logger: Logger
}

/** Woken by NOTIFY; without it (PgBouncer in transaction mode) a save is still checked within 2 s. */
const polling = { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 60 }

/**
 * Runs pg-boss, the scheduler role's part of a node: the minute tick and our background queues. Any
 * number of nodes may; each job runs on one of them.
 */
export async function startBackground(options: BackgroundOptions): Promise<Background> {
  const { connection, database, scripts, logger } = options
  const boss = new PgBoss({
    ...(connection as { host?: string }),
    schema: bossSchema,
    application_name: 'pgscript pg-boss',
    max: 2,
    // The schema is the migration's business; the node's login owns nothing.
    migrate: false,
    createSchema: false,
    useListenNotify: true,
    notifyHeartbeatIntervalMs: 30_000,
    superviseIntervalSeconds: 300,
    cronMonitorIntervalSeconds: 30,
    cronWorkerIntervalSeconds: 15,
    // We make no jobs that wait for others; looking for them every 5 s is a third of an idle node's load.
    flowIntervalSeconds: 3600,
  })
  boss.on('error', (error) => logger.warn({ err: error }, 'pg-boss'))
  await boss.start()
  let running = true
  boss.on('stopped', () => {
    running = false
  })

  const once = { policy: 'short', notify: true, retryLimit: 3, retryBackoff: true } as const
  await Promise.all([
    boss.createQueue(queues.tick, { policy: 'short', retryLimit: 0, deleteAfterSeconds: 3600 }),
    boss.createQueue(queues.checkVersions, { ...once, deleteAfterSeconds: 3600 }),
    boss.createQueue(queues.partitions, once),
  ])
  const requestCheck = () => boss.send(queues.checkVersions)

  await boss.work(queues.checkVersions, polling, async () => {
    await checkVersions(database, scripts, logger).catch((error) => {
      logger.warn({ err: error }, 'versions could not be checked; they will be tried again')
      throw error
    })
  })
  await boss.work(queues.partitions, { ...polling, pollingIntervalSeconds: 60 }, async () => {
    await keepUpPartitions(database, logger)
  })
  await boss.work(queues.tick, { pollingIntervalSeconds: 30 }, async () => {
    await requeueLost(database, true)
    await forgetExpiredCache(database)
    if (await anyUnchecked(database)) await requestCheck()
  })
  await boss.schedule(queues.tick, '* * * * *', null, { missed: 'once' })
  await boss.schedule(queues.partitions, '17 3 * * *', null, { missed: 'once' })

  return {
    versionSaved() {
      requestCheck().catch((error) =>
        logger.warn({ err: error }, 'a check of versions could not be asked for'),
      )
    },
    running: () => running,
    async close() {
      await boss.stop({ graceful: true, timeout: 5_000 })
    },
  }
}
