// Run by the watchdog of a process that died holding the embedded server; see embedded-watchdog.ts.
import { existsSync } from 'node:fs'

import { filesIn } from './embedded-files.ts'
import { stopIfUnheld } from './embedded-hold.ts'
import { waitForLock } from './embedded-locks.ts'

const [, , dataDir = '', major, lifetime] = process.argv
if (existsSync(dataDir)) {
  const files = filesIn(dataDir, Number(major))
  const guard = await waitForLock(files.guard, 'exclusive', 180_000)
  await stopIfUnheld(files, { temporary: lifetime === 'temporary' }).finally(() => guard.release())
}
