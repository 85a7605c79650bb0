import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { basename } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Whether a process is the server of this cluster, told by what it runs, never by its id alone:
 * ids are reused, and a file with an id in it survives crashes and reboots. A zombie is not one.
 */
export async function isServerOf(cluster: string, pid: number): Promise<boolean> {
  if (!Number.isSafeInteger(pid) || pid <= 1) return false
  return process.platform === 'linux' ? await isServerOnLinux(cluster, pid) : await isServerByPs(cluster, pid)
}

async function isServerOnLinux(cluster: string, pid: number): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  const [program = '', ...args] = text.split('\0')
  return basename(program) === 'postgres' && args[args.indexOf('-D') + 1] === cluster && args.includes('-D')
}

async function isServerByPs(cluster: string, pid: number): Promise<boolean> {
  const command = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  )
  return command.includes(`postgres -D ${cluster} `)
}

/**
 * The cluster's processes on Linux, found by their working directory: the server if its pid file is
 * lost, and back ends that outlive a server killed with SIGKILL until their query ends, keeping the next
 * server from starting. Elsewhere nobody can be asked cheaply, and the answer is empty.
 */
export async function processesIn(cluster: string): Promise<number[]> {
  if (process.platform !== 'linux') return []
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger)
  const found = await Promise.all(pids.map(async (pid) => ((await worksIn(cluster, pid)) ? [pid] : [])))
  return found.flat()
}

async function worksIn(cluster: string, pid: number): Promise<boolean> {
  try {
    if ((await readlink(`/proc/${pid}/cwd`)) !== cluster) return false
    return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim() === 'postgres'
  } catch {
    return false
  }
}

/** Signals a process that may be gone already. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
