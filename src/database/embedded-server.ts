import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'

import { type Logger, silentLogger } from '../log.ts'
import { chooseAccount } from './embedded-account.ts'
import { type Binaries, findBinaries } from './embedded-binaries.ts'
import { ensureCluster, ensurePassword } from './embedded-cluster.ts'
import { askHealth, databaseName, ensureDatabase, serverUrl } from './embedded-connection.ts'
import { type EmbeddedFiles, prepareFiles } from './embedded-files.ts'
import { launchServer } from './embedded-launch.ts'
import { type Lock, tryLock, waitForLock } from './embedded-locks.ts'
import {
  clearRemains,
  findPostmaster,
  type Postmaster,
  stopPostmaster,
  until,
} from './embedded-postmaster.ts'

export interface EmbeddedServerOptions {
  dataDir: string
  logger?: Logger
  /** Wanted port; by default the one of the last start, or a free one. */
  port?: number
  /** PostgreSQL settings over the defaults, by name. */
  settings?: Record<string, string>
  /** Off only where the data may be lost with the machine: tests. */
  fsync?: boolean
  /** Another installation's programs, such as /usr/lib/postgresql/15/bin. */
  binDir?: string
  /** The directory is removed with its last holder. */
  temporary?: boolean
  /** How long a running server may stay silent before it is replaced, and a new one may take to start. */
  patienceMs?: number
}

/** A running server that this process holds; see {@link startEmbeddedServer}. */
export interface EmbeddedServer {
  /** Superuser's URL of the database `pgscript`, which exists. */
  readonly url: string
  /** Superuser's URL of the database `postgres`. */
  readonly adminUrl: string
  readonly port: number
  readonly pid: number
  /** Such as `18.4`. */
  readonly version: string
  /** Whether this call started it; otherwise it was running. */
  readonly owned: boolean
  /** Gives the server up; the last holder stops it. May be called again. */
  release(): Promise<void>
}

const defaults: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  // Many partitions are touched by one upkeep transaction.
  max_locks_per_transaction: '256',
  // The hot tables live from early vacuuming; one look a minute is too rare.
  autovacuum_naptime: '10s',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // A statement's error goes to who sent it; in the log it would be noise without bound.
  log_min_messages: 'log',
  log_checkpoints: 'off',
}

const guardMs = 180_000
const fastShutdownMs = 30_000

/**
 * Gives a running PostgreSQL in `dataDir`: makes the cluster at the first start, attaches to the
 * server that other processes use, or takes over one that was left behind.
 *
 * Invariants. Whoever starts or stops the server holds the guard lock. Everyone who uses it holds the
 * holders lock, shared, until `release`; who can have that lock alone is the last and stops the
 * server. Both are the kernel's and end with their process, so a killed process blocks nobody, and the
 * server it leaves running is taken over, or stopped, by the next one.
 *
 * @throws {DatabaseUnusableError} `embedded_server_…`: why not, and what to do instead.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const { logger = silentLogger } = options
  const binaries = await findBinaries(options.binDir)
  const files = await prepareFiles(resolve(options.dataDir), binaries.major)
  const guard = await waitForLock(files.guard, 'exclusive', guardMs)
  let holder: Lock | undefined
  try {
    holder = await waitForLock(files.holders, 'shared', 5_000)
    const password = await ensurePassword(files)
    const running = await attach(files, password, options)
    const server = running ?? (await launch(files, binaries, password, options))
    const adminUrl = serverUrl(server.port, password, 'postgres')
    const version = await ensureDatabase(adminUrl, 30_000)
    const owned = running === undefined
    logger.info(
      { port: server.port, pid: server.pid, version, data_dir: files.dataDir },
      owned ? 'embedded PostgreSQL started' : 'attached to the running embedded PostgreSQL',
    )
    const release = releaser(files, holder, options)
    const url = serverUrl(server.port, password, databaseName)
    return { url, adminUrl, port: server.port, pid: server.pid, version, owned, release }
  } catch (error) {
    holder?.release()
    throw error
  } finally {
    guard.release()
  }
}

/** The running server if it answers to our password; one that does not is stopped. */
async function attach(
  files: EmbeddedFiles,
  password: string,
  { patienceMs = 30_000, logger = silentLogger }: EmbeddedServerOptions,
): Promise<Postmaster | undefined> {
  const running = await findPostmaster(files.cluster)
  if (running === undefined) return undefined
  const adminUrl = serverUrl(running.port, password, 'postgres')
  let health = 'silent'
  if (running.port !== 0) {
    await until(async () => {
      health = await askHealth(adminUrl, Math.min(patienceMs, 5_000))
      return health === 'ready' || health === 'wrong-password'
    }, patienceMs)
  }
  if (health === 'ready') return running
  logger.warn(
    { pid: running.pid, health },
    'the running embedded PostgreSQL does not serve us; restarting it',
  )
  await stopPostmaster(files.cluster, running.pid, Math.min(patienceMs, fastShutdownMs))
  return undefined
}

async function launch(
  files: EmbeddedFiles,
  binaries: Binaries,
  password: string,
  options: EmbeddedServerOptions,
): Promise<Postmaster> {
  const { logger = silentLogger, fsync = true } = options
  const account = await chooseAccount({ dataDir: files.dataDir, postgres: binaries.postgres, logger })
  await clearRemains(files.cluster)
  await ensureCluster({ files, binaries, account, fsync })
  const durability: Record<string, string> = fsync
    ? {}
    : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
  return await launchServer({
    files,
    binaries,
    account,
    password,
    port: options.port,
    settings: { ...defaults, ...durability, ...options.settings },
    startMs: options.patienceMs ?? 60_000,
  })
}

function releaser(
  files: EmbeddedFiles,
  holder: Lock,
  { logger = silentLogger, temporary }: EmbeddedServerOptions,
) {
  let released: Promise<void> | undefined
  const release = async () => {
    const guard = await waitForLock(files.guard, 'exclusive', guardMs)
    try {
      holder.release()
      const alone = tryLock(files.holders, 'exclusive')
      if (alone === undefined) return
      const running = await findPostmaster(files.cluster)
      if (running) await stopPostmaster(files.cluster, running.pid, fastShutdownMs)
      alone.release()
      logger.info({ data_dir: files.dataDir }, 'embedded PostgreSQL stopped')
      if (temporary) await rm(files.dataDir, { recursive: true, force: true })
    } finally {
      guard.release()
    }
  }
  return () => {
    released ??= release()
    return released
  }
}
