// Clients that send one statement over and over, each in a transaction of its own.
import { createHash } from 'node:crypto'
import pg from 'pg'

import { serve } from './process.ts'

export interface PublisherSettings {
  connectionString: string
  clients: number
}

export interface PublishTask {
  text: string
  values: unknown[]
  seconds: number
}

/** Transactions per second, all clients together. */
serve<PublisherSettings, PublishTask, number>(async ({ connectionString, clients }) => {
  const connections = await Promise.all(
    Array.from({ length: clients }, async () => {
      const client = new pg.Client({ connectionString })
      await client.connect()
      return client
    }),
  )
  return {
    async run({ text, values, seconds }) {
      let transactions = 0
      const began = performance.now()
      const end = began + seconds * 1000
      const name = createHash('md5').update(text).digest('hex')
      const publish = async (client: pg.Client) => {
        while (performance.now() < end) {
          await client.query({ name, text, values })
          transactions += 1
        }
      }
      await Promise.all(connections.map(publish))
      return transactions / ((performance.now() - began) / 1000)
    },
    async close() {
      await Promise.all(connections.map((client) => client.end()))
    },
  }
})
