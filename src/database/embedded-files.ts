import { constants } from 'node:fs'
import { access, chmod, mkdir, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { DatabaseUnusableError } from '../errors.ts'

/** Where the embedded server keeps what. */
export interface EmbeddedFiles {
  dataDir: string
  /** The cluster; there only when initdb has finished. */
  cluster: string
  password: string
  port: string
  log: string
  /** Exclusive lock: whoever starts or stops the server. */
  guard: string
  /** Shared lock: everyone who uses the server. */
  holders: string
}

/**
 * Makes the data directory if there is none.
 *
 * @throws {DatabaseUnusableError} `embedded_server_data_dir` when we cannot, or it is someone else's.
 */
export async function prepareFiles(dataDir: string, major: number): Promise<EmbeddedFiles> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    // The server is recognised by the path on its command line, so a directory must have one name.
    const directory = await realpath(dataDir)
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK)
    const files = filesIn(directory, major)
    await refuseForeignOwner(files)
    return files
  } catch (error) {
    if (error instanceof DatabaseUnusableError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw unusable(dataDir, `it cannot be used (${reason})`, error)
  }
}

/** The layout of a data directory, given by its real path. */
export function filesIn(dataDir: string, major: number): EmbeddedFiles {
  return {
    dataDir,
    cluster: join(dataDir, `postgres-${major}`),
    password: join(dataDir, 'postgres.password'),
    port: join(dataDir, 'postgres.port'),
    log: join(dataDir, 'postgres.log'),
    guard: join(dataDir, 'postgres.guard'),
    holders: join(dataDir, 'postgres.holders'),
  }
}

/** Root may use any directory; another user only one that root has not used before. */
async function refuseForeignOwner(files: EmbeddedFiles): Promise<void> {
  const uid = process.getuid?.()
  for (const path of [files.dataDir, files.cluster, files.password]) {
    const owner = await stat(path).then(
      (found) => found.uid,
      () => uid,
    )
    if (uid !== 0 && owner !== uid) {
      throw unusable(files.dataDir, `${path} belongs to user ${owner}, and we run as user ${uid}`)
    }
  }
}

function unusable(dataDir: string, reason: string, cause?: unknown): DatabaseUnusableError {
  return new DatabaseUnusableError(
    'embedded_server_data_dir',
    `The embedded PostgreSQL cannot keep its data in ${dataDir}: ${reason}. Change the directory's owner, ` +
      'or set PGSCRIPT_DATA_DIR to another directory, or DATABASE_URL to a server of your own.',
    { cause },
  )
}

/** A small file's text, trimmed; empty when there is no such file. */
export async function readSmallFile(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

/** Replaces a file's text in one step, readable by its owner only. */
export async function writeSmallFile(path: string, text: string): Promise<void> {
  const next = `${path}.next`
  await writeFile(next, `${text}\n`, { mode: 0o600, flush: true })
  await chmod(next, 0o600)
  await rename(next, path)
}
