import { resolve } from 'node:path'

import { DatabaseUnusableError } from '../errors.ts'
import { type Logger, silentLogger } from '../log.ts'
import { chooseAccount } from './embedded-account.ts'
import { type Binaries, findBinaries } from './embedded-binaries.ts'
import { ensureCluster } from './embedded-cluster.ts'
import { awaitHealth, databaseName, ensureDatabase, serverUrl } from './embedded-connection.ts'
import { serverSettings } from './embedded-environment.ts'
import { type EmbeddedFiles, prepareFiles } from './embedded-files.ts'
import { fastShutdownMs, takeHold } from './embedded-hold.ts'
import { launchServer } from './embedded-launch.ts'
import { waitForLock } from './embedded-locks.ts'
import { ensurePassword } from './embedded-password.ts'
import { clearRemains, findPostmaster, type Postmaster, stopPostmaster } from './embedded-postmaster.ts'

export interface EmbeddedServerOptions {
  dataDir: string
  logger?: Logger
  /** Wanted port; by default that of the last start. Another one is used where it is taken. */
  port?: number
  /** PostgreSQL settings over our defaults, by name. They apply to a server that this call starts. */
  settings?: Record<string, string>
  /** Off only where the data may be lost with the machine: tests. */
  fsync?: boolean
  /** Another installation's programs, such as /usr/lib/postgresql/15/bin. */
  binDir?: string
  /** The directory is removed with its last holder. */
  temporary?: boolean
  /** How long a running server may give no answer before it is replaced. */
  silenceMs?: number
  /** How long a server whose holders were all killed is left for the next process to take over. */
  graceSeconds?: number
}

/** A running server that this process holds. */
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

/** Longer than any start but a recovery, and than any stop. */
const guardMs = 180_000

/**
 * Gives a running PostgreSQL with its data in `dataDir`: makes the cluster at the first start,
 * attaches to the server that other processes use, or takes over one that was left behind.
 *
 * Invariants. Whoever starts or stops the server has the guard lock. Everyone who uses it has the
 * holders lock, shared, until `release`; whoever can then have it alone was the last, and stops the
 * server. Both are the kernel's and end with their process, so a killed process blocks nobody. The
 * server it leaves running is taken over by the next one, or stopped by its watchdog.
 *
 * @throws {DatabaseUnusableError} `embedded_server_…`: why there is none, and what to do instead.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const { logger = silentLogger, temporary = false } = options
  const binaries = await findBinaries(options.binDir)
  const files = await prepareFiles(resolve(options.dataDir), binaries.major)
  const guard = await waitForLock(files.guard, 'exclusive', guardMs)
  const hold = await takeHold({ files, major: binaries.major, temporary, ...options })
  try {
    const server = await obtainServer(files, binaries, options)
    logger.info(
      { port: server.port, pid: server.pid, version: server.version, data_dir: files.dataDir },
      server.owned ? 'embedded PostgreSQL started' : 'attached to the running embedded PostgreSQL',
    )
    let released: Promise<void> | undefined
    const release = async () => {
      const stopGuard = await waitForLock(files.guard, 'exclusive', guardMs)
      const wasLast = await hold.giveUp().finally(stopGuard.release)
      if (wasLast) logger.info({ data_dir: files.dataDir }, 'embedded PostgreSQL stopped')
    }
    return {
      ...server,
      release: () => {
        released ??= release()
        return released
      },
    }
  } catch (error) {
    await hold.giveUp()
    throw asUnusable(error, files)
  } finally {
    guard.release()
  }
}

/** A full disk, a refused connection: whatever it is, the way out is the same. */
function asUnusable(error: unknown, files: EmbeddedFiles): DatabaseUnusableError {
  if (error instanceof DatabaseUnusableError) return error
  return new DatabaseUnusableError(
    'embedded_server_start_failed',
    `The embedded PostgreSQL in ${files.dataDir} did not start: ${error instanceof Error ? error.message : error}. ` +
      `Remove the reason (see ${files.log}), or set DATABASE_URL to a server of your own.`,
    { cause: error },
  )
}

async function obtainServer(
  files: EmbeddedFiles,
  binaries: Binaries,
  options: EmbeddedServerOptions,
): Promise<Omit<EmbeddedServer, 'release'>> {
  const password = await ensurePassword(files)
  const running = await findHealthy(files, password, options)
  const { pid, port } = running ?? (await launch(files, binaries, password, options))
  const adminUrl = serverUrl(port, password, 'postgres')
  const version = await ensureDatabase(adminUrl, 30_000)
  const url = serverUrl(port, password, databaseName)
  return { url, adminUrl, port, pid, version, owned: running === undefined }
}

/** The running server, if it answers to our password; one that does not is stopped. */
async function findHealthy(
  files: EmbeddedFiles,
  password: string,
  { silenceMs = 20_000, logger = silentLogger }: EmbeddedServerOptions,
): Promise<Postmaster | undefined> {
  const running = await findPostmaster(files.cluster)
  if (running === undefined) return undefined
  const adminUrl = serverUrl(running.port, password, 'postgres')
  const health = running.port === 0 ? 'silent' : await awaitHealth(adminUrl, { silenceMs })
  if (health === 'ready') return running
  logger.warn(
    { pid: running.pid, health },
    'the running embedded PostgreSQL does not serve us; restarting it',
  )
  await stopPostmaster(files.cluster, running.pid, fastShutdownMs)
  return undefined
}

async function launch(
  files: EmbeddedFiles,
  binaries: Binaries,
  password: string,
  { logger = silentLogger, fsync = true, port, settings: extra = {} }: EmbeddedServerOptions,
): Promise<Postmaster> {
  const account = await chooseAccount({ dataDir: files.dataDir, postgres: binaries.postgres, logger })
  await clearRemains(files.cluster)
  await ensureCluster({ files, binaries, account, fsync })
  const settings = serverSettings({ fsync, extra })
  return await launchServer({ files, binaries, account, password, port, settings })
}
