import { spawn } from 'node:child_process'
import { open, readFile, rename, stat } from 'node:fs/promises'
import { createServer } from 'node:net'

import { DatabaseUnusableError } from '../errors.ts'
import type { Account } from './embedded-account.ts'
import type { Binaries } from './embedded-binaries.ts'
import { awaitHealth, serverUrl } from './embedded-connection.ts'
import { serverEnvironment } from './embedded-environment.ts'
import { type EmbeddedFiles, readSmallFile, writeSmallFile } from './embedded-files.ts'
import { resetPassword } from './embedded-password.ts'
import { type Postmaster, stopPostmaster } from './embedded-postmaster.ts'
import { isServerOf } from './embedded-processes.ts'

export interface LaunchOptions {
  files: EmbeddedFiles
  binaries: Binaries
  account: Account
  password: string
  port: number | undefined
  settings: Record<string, string>
}

type Outcome = { pid: number } | { failure: 'port' | 'password' | 'other'; log: string }

const attempts = 5
const logLimitBytes = 10 * 1024 * 1024

/** Starts the server of a cluster that has none, on the port it had before if that is still free. */
export async function launchServer(options: LaunchOptions): Promise<Postmaster> {
  const { files } = options
  await rotateLog(files.log)
  const remembered = options.port ?? Number(await readSmallFile(files.port))
  let port = await freePort(remembered || 0)
  let log = ''
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const outcome = await launchOn(port, options)
    if ('pid' in outcome) {
      await writeSmallFile(files.port, String(port))
      return { pid: outcome.pid, port }
    }
    log = outcome.log
    if (outcome.failure === 'other') break
    if (outcome.failure === 'password') await resetPassword(options)
    // Between our look at the port and PostgreSQL's someone else may have taken it.
    if (outcome.failure === 'port') port = await freePort(0)
  }
  throw new DatabaseUnusableError(
    'embedded_server_start_failed',
    `The embedded PostgreSQL did not start. Remove the reason, or set DATABASE_URL to a server of your own. ` +
      `The end of ${files.log}:\n${log}`,
  )
}

async function launchOn(port: number, options: LaunchOptions): Promise<Outcome> {
  const { files, password } = options
  const logStart = await sizeOf(files.log)
  const { pid, ended } = await spawnServer({ ...options.settings, port: String(port) }, options)
  const health = await awaitHealth(serverUrl(port, password, 'postgres'), { silenceMs: 60_000, ended })
  // The answer counts only if it is our server's: the port may be someone else's.
  const running = pid !== undefined && !ended() && (await isServerOf(files.cluster, pid))
  if (running && health === 'ready') return { pid }
  if (running) await stopPostmaster(files.cluster, pid, 5_000)
  const log = await tail(files.log, logStart)
  if (running && health === 'wrong-password') return { failure: 'password', log }
  return { failure: /could not bind|could not create any TCP/.test(log) ? 'port' : 'other', log }
}

interface SpawnedServer {
  pid: number | undefined
  ended(): boolean
}

async function spawnServer(
  settings: Record<string, string>,
  { files, binaries, account }: LaunchOptions,
): Promise<SpawnedServer> {
  const { file, args, ids } = account.command(binaries.postgres, [
    '-D',
    files.cluster,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ])
  const log = await open(files.log, 'a', 0o600)
  // A session of its own: Ctrl-C in the terminal must reach PostgreSQL after the node has drained.
  const child = spawn(file, args, {
    ...ids,
    cwd: '/',
    env: serverEnvironment(),
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  let ended = false
  const end = () => {
    ended = true
  }
  child.once('exit', end)
  child.once('error', end)
  child.unref()
  await log.close()
  return { pid: child.pid, ended: () => ended }
}

/** Keeps two logs: this one, and the one before it. */
async function rotateLog(path: string): Promise<void> {
  if ((await sizeOf(path)) >= logLimitBytes) await rename(path, `${path}.1`)
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    (found) => found.size,
    () => 0,
  )
}

/** The last lines that were written since the log had `start` bytes. */
async function tail(path: string, start: number): Promise<string> {
  const written = (await readFile(path)).subarray(start).toString()
  return written.trim().split('\n').slice(-20).join('\n')
}

/** The port asked for if nobody listens there, else any free one. */
async function freePort(preferred: number): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => (preferred === 0 ? reject(error) : resolve(freePort(0))))
    probe.listen({ port: preferred, host: '127.0.0.1' }, () => {
      const address = probe.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      probe.close(() => resolve(port))
    })
  })
}
