import { rm } from 'node:fs/promises'

import type { EmbeddedFiles } from './embedded-files.ts'
import { tryLock, waitForLock } from './embedded-locks.ts'
import { findPostmaster, stopPostmaster } from './embedded-postmaster.ts'
import { startWatchdog } from './embedded-watchdog.ts'

/** A fast shutdown writes what is only in memory; on a slow disk that takes its time. */
export const fastShutdownMs = 30_000

export interface Hold {
  /** Stops the server if nobody else holds it; tells whether that was so. The caller has the guard lock. */
  giveUp(): Promise<boolean>
}

interface HoldOptions {
  files: EmbeddedFiles
  major: number
  temporary: boolean
  /** How long a server whose holders were all killed is left for the next process to take over. */
  graceSeconds?: number
}

/** Makes this process one of the server's holders. The caller has the guard lock. */
export async function takeHold(options: HoldOptions): Promise<Hold> {
  const { files, temporary, graceSeconds = temporary ? 0 : 30 } = options
  const lock = await waitForLock(files.holders, 'shared', 5_000)
  const watchdog = startWatchdog({ files, major: options.major, graceSeconds, temporary })
  return {
    async giveUp() {
      lock.release()
      const wasLast = await stopIfUnheld(files, { temporary })
      watchdog.dismiss()
      return wasLast
    },
  }
}

/** Stops the server if nobody holds it. The caller has the guard lock. */
export async function stopIfUnheld(
  files: EmbeddedFiles,
  { temporary }: { temporary: boolean },
): Promise<boolean> {
  const alone = tryLock(files.holders, 'exclusive')
  if (alone === undefined) return false
  try {
    const running = await findPostmaster(files.cluster)
    if (running) await stopPostmaster(files.cluster, running.pid, fastShutdownMs)
    if (temporary) await rm(files.dataDir, { recursive: true, force: true })
    return true
  } finally {
    alone.release()
  }
}
