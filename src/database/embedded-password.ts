import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'

import type { Account } from './embedded-account.ts'
import type { Binaries } from './embedded-binaries.ts'
import { superuser } from './embedded-connection.ts'
import { serverEnvironment } from './embedded-environment.ts'
import { type EmbeddedFiles, readSmallFile, writeSmallFile } from './embedded-files.ts'

/** The superuser's password; made at the first start. */
export async function ensurePassword(files: EmbeddedFiles): Promise<string> {
  const known = await readSmallFile(files.password)
  if (known !== '') return known
  const made = randomBytes(24).toString('base64url')
  await writeSmallFile(files.password, made)
  return made
}

interface PasswordReset {
  files: EmbeddedFiles
  binaries: Binaries
  account: Account
  password: string
}

/**
 * Makes the stored password the superuser's again, after its file was lost or the role was altered.
 * Works without a password, in PostgreSQL's single-user mode; the cluster's server must not run.
 */
export async function resetPassword({ files, binaries, account, password }: PasswordReset): Promise<void> {
  const { file, args, ids } = account.command(binaries.postgres, [
    '--single',
    '-D',
    files.cluster,
    'postgres',
  ])
  const child = spawn(file, args, {
    ...ids,
    cwd: '/',
    env: serverEnvironment(),
    stdio: ['pipe', 'ignore', 'ignore'],
    timeout: 60_000,
  })
  // Whether it worked is seen at the next connection.
  child.stdin.on('error', () => {})
  child.stdin.end(`alter role ${superuser} password '${password.replaceAll("'", "''")}'\n`)
  await once(child, 'close')
}
