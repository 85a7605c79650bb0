import { execFile } from 'node:child_process'
import { chown, mkdtemp, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { DatabaseUnusableError } from '../errors.ts'
import type { Account } from './embedded-account.ts'
import type { Binaries } from './embedded-binaries.ts'
import { superuser } from './embedded-connection.ts'
import { serverEnvironment } from './embedded-environment.ts'
import type { EmbeddedFiles } from './embedded-files.ts'
import { ensurePassword } from './embedded-password.ts'

const run = promisify(execFile)

interface ClusterOptions {
  files: EmbeddedFiles
  binaries: Binaries
  account: Account
  fsync: boolean
}

/**
 * Makes the cluster where there is none, and gives its files to the account.
 *
 * initdb works beside the cluster's place and the result is renamed, so a cluster that exists is
 * whole, whenever the process that made it was killed. Each attempt has a directory of its own: an
 * initdb outlives a killed parent, and must not write into its successor's.
 */
export async function ensureCluster(options: ClusterOptions): Promise<void> {
  const { files, account } = options
  if (await exists(join(files.cluster, 'PG_VERSION'))) {
    await handOver(files.cluster, account)
    return
  }
  await refuseForeignData(files)
  const prefix = `${files.cluster}.unfinished-`
  await removeUnfinished(files.dataDir, prefix)
  const unfinished = await mkdtemp(prefix)
  await handOver(unfinished, account)
  await initialise(unfinished, options)
  // An empty directory in its place gives way.
  await rename(unfinished, files.cluster)
  await syncDirectory(files.dataDir)
}

async function removeUnfinished(dataDir: string, prefix: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const path = join(dataDir, name)
    // One that an initdb still fills may not go at once; then it goes at the next first start.
    if (path.startsWith(prefix)) await rm(path, { recursive: true, force: true }).catch(() => {})
  }
}

async function initialise(unfinished: string, options: ClusterOptions): Promise<void> {
  const { files, binaries, account, fsync } = options
  const passwordFile = `${unfinished}.password`
  await writeFile(passwordFile, `${await ensurePassword(files)}\n`, { mode: 0o600 })
  if (account.owner) await chown(passwordFile, account.owner.uid, account.owner.gid)
  // Sorting by the machine's C library would change with its next update and break indexes.
  const locale =
    binaries.major >= 17
      ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
      : ['--locale=C.UTF-8']
  const { file, args, ids } = account.command(binaries.initdb, [
    `--pgdata=${unfinished}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    ...locale,
    ...(fsync ? [] : ['--no-sync']),
  ])
  try {
    await run(file, args, { ...ids, cwd: '/', env: serverEnvironment(), timeout: 120_000 })
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
    throw new DatabaseUnusableError(
      'embedded_server_start_failed',
      `initdb could not make a PostgreSQL cluster in ${files.dataDir}: ${output}`,
      { cause: error },
    )
  } finally {
    await rm(passwordFile, { force: true })
  }
}

async function handOver(directory: string, { owner }: Account): Promise<void> {
  if (!owner || (await stat(directory)).uid === owner.uid) return
  await run('chown', ['-R', `${owner.uid}:${owner.gid}`, directory])
}

async function refuseForeignData(files: EmbeddedFiles): Promise<void> {
  const others = (await readdir(files.dataDir)).filter((name) => /^postgres-\d+$/.test(name))
  for (const name of others) {
    const directory = join(files.dataDir, name)
    if ((await readdir(directory)).length === 0) continue
    throw new DatabaseUnusableError(
      'embedded_server_data_dir',
      `${directory} holds ${directory === files.cluster ? 'files that are no PostgreSQL cluster' : 'the data of another major version of PostgreSQL'}. ` +
        'Move it away, or set PGSCRIPT_DATA_DIR to another directory.',
    )
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path)
  await directory.sync().finally(() => directory.close())
}
