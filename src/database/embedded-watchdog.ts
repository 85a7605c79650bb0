import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import type { EmbeddedFiles } from './embedded-files.ts'

export interface Watchdog {
  dismiss(): void
}

export interface WatchdogOptions {
  files: EmbeddedFiles
  major: number
  /** How long a server without holders is left for the next process to take over. */
  graceSeconds: number
  temporary: boolean
}

/**
 * Sees to it that a server does not outlive its last holder for ever, even one killed with SIGKILL.
 *
 * A shell (1 MB, asleep) reads from a pipe that only this process writes to. A line: we are done.
 * The end of the pipe without one: this process died, and after the grace the shell becomes
 * embedded-reaper.ts, which stops the server unless someone holds it by then.
 */
export function startWatchdog({ files, major, graceSeconds, temporary }: WatchdogOptions): Watchdog {
  const script = 'read -r line && exit; sleep "$1"; shift; exec "$@"'
  const reaper = fileURLToPath(new URL('./embedded-reaper.ts', import.meta.url))
  const child = spawn(
    '/bin/sh',
    [
      ...['-c', script, 'pgscript-watchdog', String(graceSeconds)],
      ...[process.execPath, reaper, files.dataDir, String(major), temporary ? 'temporary' : 'lasting'],
    ],
    // A session of its own, or Ctrl-C would end it just when it is needed.
    { cwd: '/', env: {}, detached: true, stdio: ['pipe', 'ignore', 'ignore'] },
  )
  // Without a watchdog the server stays until the next start, which is no reason not to start.
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  child.unref()
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref()
  return { dismiss: () => child.stdin.end('done\n') }
}
