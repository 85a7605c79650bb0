import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'

import { DatabaseUnusableError } from '../errors.ts'

export interface Lock {
  release(): void
}

const sqliteBusy = 5

/**
 * Takes a file's lock in one of two strengths, or nothing when someone else's is in the way.
 *
 * The file is an empty SQLite database, for SQLite is the only way to the kernel's file locks that
 * Node brings along. The kernel drops a lock with its process, however that ended, so no lock can
 * outlive its holder and no process id has to be compared. The price: a process must not open the
 * file by other means while it holds the lock, since closing that handle would drop it (POSIX).
 */
export function tryLock(file: string, strength: 'shared' | 'exclusive'): Lock | undefined {
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    if (strength === 'exclusive') {
      database.exec('begin exclusive')
    } else {
      // A shared lock comes with the first read, not with the begin.
      database.exec('begin')
      database.prepare('select count(*) from sqlite_master').get()
    }
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return undefined
    throw error
  }
  return { release: () => database.isOpen && database.close() }
}

/**
 * Waits for a lock.
 *
 * @throws {DatabaseUnusableError} `embedded_server_busy` when it is not to be had in time.
 */
export async function waitForLock(
  file: string,
  strength: 'shared' | 'exclusive',
  deadlineMs: number,
): Promise<Lock> {
  const end = performance.now() + deadlineMs
  for (;;) {
    const lock = tryLock(file, strength)
    if (lock !== undefined) return lock
    if (performance.now() > end) {
      throw new DatabaseUnusableError(
        'embedded_server_busy',
        `Another process has held ${file} for ${Math.round(deadlineMs / 1000)} s while it starts or stops the ` +
          'embedded PostgreSQL. End that process, or set DATABASE_URL to a server of your own.',
      )
    }
    await sleep(30)
  }
}
