// graphile-worker with an empty task, from the start of its runner until it is told to stop.
import { type Runner, run } from 'graphile-worker'

import { withoutLog } from './graphile-log.ts'
import { serve } from './process.ts'

export interface GraphileSettings {
  connectionString: string
  /** With a local queue and batched completion, as its documentation's page on performance has them. */
  batched: boolean
}

const batching = { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 }

serve<GraphileSettings, 'start', null>(async ({ connectionString, batched }) => {
  let runner: Runner | undefined
  return {
    async run() {
      runner = await run({
        preset: {
          worker: {
            connectionString,
            concurrentJobs: 24,
            maxPoolSize: 25,
            logger: withoutLog,
            ...(batched ? batching : {}),
          },
        },
        noHandleSignals: true,
        taskList: { nothing: () => undefined },
      })
      return null
    },
    async close() {
      await runner?.stop()
    },
  }
})
