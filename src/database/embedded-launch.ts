import { spawn } from 'node:child_process'
import { open, rename, stat } from 'node:fs/promises'
import { createServer } from 'node:net'

import { DatabaseUnusableError } from '../errors.ts'
import type { Account } from './embedded-account.ts'
import type { Binaries } from './embedded-binaries.ts'
import { serverEnvironment } from './embedded-cluster.ts'
import { askHealth, serverUrl } from './embedded-connection.ts'
import { type EmbeddedFiles, readSmallFile, writeSmallFile } from './embedded-files.ts'
import { type Postmaster, stopPostmaster, until } from './embedded-postmaster.ts'
import { isServerOf } from './embedded-processes.ts'

export interface LaunchOptions {
  files: EmbeddedFiles
  binaries: Binaries
  account: Account
  password: string
  port: number | undefined
  settings: Record<string, string>
  startMs: number
}

const logLimitBytes = 10 * 1024 * 1024

/** Starts the server of a cluster that has none, on the port it had before if that is still free. */
export async function launchServer(options: LaunchOptions): Promise<Postmaster> {
  const { files } = options
  const remembered = options.port ?? Number(await readSmallFile(files.port))
  let port = await freePort(remembered || 0)
  for (let attempt = 1; ; attempt++) {
    const outcome = await launchOn(port, options)
    if (outcome.pid !== undefined) {
      await writeSmallFile(files.port, String(port))
      return { pid: outcome.pid, port }
    }
    // Between our look at the port and PostgreSQL's someone else may have taken it.
    if (attempt >= 5 || !/could not bind|could not create any TCP/.test(outcome.log)) {
      throw new DatabaseUnusableError(
        'embedded_server_start_failed',
        `The embedded PostgreSQL did not start; the end of ${files.log}:\n${outcome.log}`,
      )
    }
    port = await freePort(0)
  }
}

async function launchOn(port: number, options: LaunchOptions): Promise<{ pid?: number; log: string }> {
  const { files, binaries, account } = options
  const logStart = await rotateLog(files.log)
  const log = await open(files.log, 'a', 0o600)
  const settings = { ...options.settings, port: String(port) }
  const { file, args, ids } = account.command(binaries.postgres, [
    '-D',
    files.cluster,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ])
  // A session of its own: Ctrl-C in the terminal must reach PostgreSQL after the node has drained.
  const child = spawn(file, args, {
    ...ids,
    cwd: '/',
    env: serverEnvironment(),
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  let ended = false
  child.once('exit', () => {
    ended = true
  })
  child.once('error', () => {
    ended = true
  })
  child.unref()
  await log.close()

  const { pid } = child
  const adminUrl = serverUrl(port, options.password, 'postgres')
  let health = 'silent'
  await until(async () => {
    health = ended ? 'silent' : await askHealth(adminUrl, 2_000)
    return ended || health === 'ready' || health === 'wrong-password'
  }, options.startMs)
  if (pid !== undefined && !ended && health === 'ready' && (await isServerOf(files.cluster, pid))) {
    return { pid, log: '' }
  }
  if (pid !== undefined && !ended) await stopPostmaster(files.cluster, pid, 5_000)
  return { log: health === 'wrong-password' ? 'the password was refused' : await tail(files.log, logStart) }
}

/** Keeps at most two logs of 10 MB each. @returns where the new lines begin. */
async function rotateLog(path: string): Promise<number> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  )
  if (size < logLimitBytes) return size
  await rename(path, `${path}.1`)
  return 0
}

async function tail(path: string, start: number): Promise<string> {
  const text = (await readSmallFile(path)).slice(start === 0 ? 0 : -4_000)
  return text.split('\n').slice(-20).join('\n')
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
