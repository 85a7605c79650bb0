import { chmod, mkdir, readFile, realpath, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where the embedded server keeps what. */
export interface EmbeddedFiles {
  dataDir: string
  /** The cluster; there only when initdb has finished. */
  cluster: string
  /** Where initdb works; what is found here was left by one that did not finish. */
  unfinishedCluster: string
  password: string
  port: string
  log: string
  /** Exclusive lock: whoever starts or stops the server. */
  guard: string
  /** Shared lock: everyone who uses the server. */
  holders: string
}

/** The data directory's layout; makes the directory if there is none. */
export async function prepareFiles(dataDir: string, major: number): Promise<EmbeddedFiles> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  // The server is recognised by the path on its command line, so one directory must have one path.
  const directory = await realpath(dataDir)
  return {
    dataDir: directory,
    cluster: join(directory, `postgres-${major}`),
    unfinishedCluster: join(directory, `postgres-${major}.unfinished`),
    password: join(directory, 'postgres.password'),
    port: join(directory, 'postgres.port'),
    log: join(directory, 'postgres.log'),
    guard: join(directory, 'postgres.guard'),
    holders: join(directory, 'postgres.holders'),
  }
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
