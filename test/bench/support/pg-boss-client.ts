// pg-boss's fetch and complete by turns, until nothing is left.
import { PgBoss } from 'pg-boss'

import { serve } from './process.ts'

export interface PgBossSettings {
  connectionString: string
}

export interface PgBossTask {
  queue: string
  batch: number
}

serve<PgBossSettings, PgBossTask, number>(async ({ connectionString }) => {
  const boss = await openPgBoss(connectionString)
  return {
    async run({ queue, batch }) {
      let jobs = 0
      for (;;) {
        const fetched = await boss.fetch(queue, { batchSize: batch })
        if (fetched.length === 0) return jobs
        await boss.complete(
          queue,
          fetched.map(({ id }) => id),
        )
        jobs += fetched.length
      }
    },
    close: () => boss.stop({ graceful: false }),
  }
})

async function openPgBoss(connectionString: string): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString, max: 2, supervise: false, schedule: false })
  boss.on('error', (error) => {
    throw error
  })
  return await boss.start()
}
