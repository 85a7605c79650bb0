import { onTestFinished } from 'vitest'

import { until } from '../support/until.ts'
import type { TestDatabase } from '../support/use-database.ts'
import { countBlocked } from '../support/use-ledger.ts'

/** A transaction on a connection of its own, left open until the test ends it. */
export interface OpenTransaction {
  run<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>
  commit(): Promise<void>
  rollback(): Promise<void>
}

export async function openTransaction(database: TestDatabase): Promise<OpenTransaction> {
  const client = await database.owner.connect()
  await client.query('begin')
  let isOpen = true
  const end = async (how: 'commit' | 'rollback') => {
    if (!isOpen) return
    isOpen = false
    try {
      await client.query(how)
    } finally {
      client.release()
    }
  }
  // One that a failed test leaves behind must not hold up the next.
  onTestFinished(() => end('rollback'))
  return {
    run: async <Row extends object>(text: string, values: unknown[] = []) =>
      (await client.query<Row>(text, values)).rows,
    commit: () => end('commit'),
    rollback: () => end('rollback'),
  }
}

/** Starts something and returns when it waits for somebody's lock; `outcome` is what becomes of it. */
export async function startAndBlock<T>(
  database: TestDatabase,
  start: () => Promise<T>,
): Promise<{ outcome: Promise<T> }> {
  const before = await countBlocked(database)
  let isOver = false
  const outcome = start().finally(() => {
    isOver = true
  })
  outcome.catch(() => undefined)
  await until(
    async () => {
      if (isOver) throw new Error('it did not wait for the lock')
      return (await countBlocked(database)) > before
    },
    { what: 'it waits for the lock' },
  )
  return { outcome }
}
