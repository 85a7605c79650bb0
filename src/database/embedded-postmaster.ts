import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readSmallFile } from './embedded-files.ts'
import { isServerOf, processesIn, signal } from './embedded-processes.ts'

export interface Postmaster {
  pid: number
  port: number
}

/**
 * The running server of a cluster, by PostgreSQL's own pid file (line 1 the process, line 4 the port)
 * or, where that is lost or garbage, by looking for the process.
 */
export async function findPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const [pid, , , port] = (await readSmallFile(pidFile(cluster))).split('\n').map(Number)
  if (pid !== undefined && (await isServerOf(cluster, pid))) return { pid, port: port || 0 }
  for (const stray of await processesIn(cluster)) {
    if (await isServerOf(cluster, stray)) return { pid: stray, port: 0 }
  }
  return undefined
}

/**
 * Clears what a dead server left: its pid file, which PostgreSQL itself would take for a living
 * server's once the id belongs to someone else, and back ends still busy with a query.
 * Only for a cluster that has no server.
 */
export async function clearRemains(cluster: string): Promise<void> {
  await rm(pidFile(cluster), { force: true })
  for (const pid of await processesIn(cluster)) signal(pid, 'SIGKILL')
  await until(async () => (await processesIn(cluster)).length === 0, 5_000)
}

/**
 * Stops a server: a fast shutdown, then an immediate one, then by force. Nothing committed is lost in
 * any of them; the later ones cost a recovery at the next start.
 */
export async function stopPostmaster(cluster: string, pid: number, fastMs: number): Promise<void> {
  const steps = [
    ['SIGINT', fastMs],
    ['SIGQUIT', 6_000],
    ['SIGKILL', 5_000],
  ] as const
  for (const [name, deadlineMs] of steps) {
    if (!(await isServerOf(cluster, pid))) break
    signal(pid, name)
    // A stopped process takes no signal but this one.
    signal(pid, 'SIGCONT')
    if (await until(async () => !(await isServerOf(cluster, pid)), deadlineMs)) break
  }
}

/** Waits for a condition; false when it has not come in time. */
export async function until(condition: () => Promise<boolean>, deadlineMs: number): Promise<boolean> {
  const end = performance.now() + deadlineMs
  while (!(await condition())) {
    if (performance.now() > end) return false
    await sleep(25)
  }
  return true
}

function pidFile(cluster: string): string {
  return join(cluster, 'postmaster.pid')
}
