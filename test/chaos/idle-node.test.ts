import { expect, test } from 'vitest'

import { useNodes } from '../support/node-process.ts'
import { useDatabase } from '../support/use-database.ts'

/** Measured over so long, by the database's own clock. */
const seconds = 10
/** An idle node may cost 2 a second; the server's own upkeep of the database comes on top. */
const most = 3 * seconds

const database = useDatabase()
const nodes = useNodes()

test('an idle node leaves the database idle', async () => {
  await nodes.start({ database })
  // What it does because it has just started; back ends that rest report it up to 10 s later.
  await transactions(12)

  const count = await transactions(seconds)
  console.info(`an idle node: ${count} transactions in ${seconds} s`)
  expect(count).toBeGreaterThan(0)
  expect(count).toBeLessThanOrEqual(most)
})

/** Transactions of everybody else within so many seconds. */
async function transactions(within: number): Promise<number> {
  const count = async () => {
    const { rows } = await database.owner.query<{ count: string }>(
      'select xact_commit + xact_rollback as count from pg_stat_database where datname = current_database()',
    )
    return Number(rows[0]?.count)
  }
  const before = await count()
  await database.owner.query('select pg_sleep($1)', [within])
  // Ours: the first count, which ended after it had looked, and the sleep.
  return (await count()) - before - 2
}
